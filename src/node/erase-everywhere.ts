/** An erasure on all nodes of a cluster: each has cells, rows on their way and logs of its own. */
import type { Configuration } from '../config/index.js';
import type { NodeErasure } from '../privacy/index.js';
import type { ErasureTarget } from '../stores/index.js';
import type { Cluster } from './cluster.js';

/** Below a minute in all, a second attempt included. */
const askMs = 25_000;

type Erase = (target: ErasureTarget) => Promise<NodeErasure>;

/**
 * Lets this node answer the others, and gives what asks all of them. That rejects with `AppError` while a
 * configured node cannot be reached: it may hold something, so the erasure has to be asked for again.
 */
export function eraseEverywhere({ nodes, node }: Configuration, cluster: Cluster, eraseHere: Erase): Erase {
  cluster.requests.answer((request) => eraseHere(request as ErasureTarget));
  return async (target) => {
    const answers = await Promise.all(
      nodes.map(async ({ application: name }) => {
        const here = name === node.application;
        const done = here ? eraseHere(target) : cluster.requests.ask(name, target, askMs);
        const { reached } = (await done) as NodeErasure;
        return reached.map((what) => `${name}: ${what}`);
      }),
    );
    return { reached: answers.flat() };
  };
}
