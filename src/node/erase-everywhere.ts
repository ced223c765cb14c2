/** An erasure on all nodes of a cluster: each has cells, rows on their way and logs of its own. */
import type { Configuration } from '../config/index.js';
import type { NodeErasure } from '../privacy/index.js';
import type { ErasureTarget } from '../stores/index.js';
import type { Cluster } from './cluster.js';

/** Below a minute for both rounds. */
const askMs = 25_000;

/** What one node is asked. */
interface Round {
  target: ErasureTarget;
  leavesStore: boolean;
}

type EraseHere = (target: ErasureTarget, leavesStore: boolean) => Promise<NodeErasure>;

/**
 * Lets this node answer the others, and gives what asks all of them. That rejects with `AppError` while a
 * configured node cannot be reached: it may hold something, so the erasure has to be asked for again. The
 * operational store is left for a second round: whose rows a node still has is known from it alone.
 */
export function eraseEverywhere(
  { nodes, node }: Configuration,
  cluster: Cluster,
  eraseHere: EraseHere,
): (target: ErasureTarget) => Promise<NodeErasure> {
  cluster.requests.answer('', (request) => {
    const { target, leavesStore } = request as Round;
    return eraseHere(target, leavesStore);
  });

  async function everywhere(round: Round): Promise<NodeErasure> {
    const answers = await Promise.all(
      nodes.map(async ({ application: name }) => {
        const here = name === node.application;
        const { target, leavesStore } = round;
        const done = here ? eraseHere(target, leavesStore) : cluster.requests.ask(name, round, askMs);
        const { reached } = (await done) as NodeErasure;
        return reached.map((what) => `${name}: ${what}`);
      }),
    );
    return { reached: answers.flat() };
  }

  return async (target) => {
    await everywhere({ target, leavesStore: true });
    return everywhere({ target, leavesStore: false });
  };
}
