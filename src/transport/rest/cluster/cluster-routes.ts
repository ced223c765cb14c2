/**
 * `/cluster/api` on the `ui` port: the picture of the cluster, and drains, for those with the privilege. What
 * only an operator with the cluster's key decides is not here.
 */
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from '../../../base/index.js';
import type { ClusterPicture } from '../../../model/index.js';
import { refuseForeignPages } from '../foreign-pages.js';

export interface ClusterRoutesOptions {
  /** Undefined on a node alone. */
  cluster:
    | {
        picture(): Promise<ClusterPicture>;
        /** Resolves when it is done or was refused; a drain takes its time. */
        operate(command: { kind: 'drain' | 'undrain'; node: string }): Promise<{ ok: boolean; text: string }>;
      }
    | undefined;
  /** Throws UNAUTHENTICATED or FORBIDDEN for whoever may not; gives who asks. */
  authorize(request: FastifyRequest): string;
  onCommand(command: string, by: string): void;
}

/** What is not refused by then is under way, and the picture tells how far it is. */
const refusedWithinMs = 2_000;

function soon(answer: Promise<{ ok: boolean; text: string }>): Promise<{ ok: boolean; text: string }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ ok: true, text: 'under way' }), refusedWithinMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const nodeBody = Type.Object(
  { node: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
);

export function clusterRoutes(options: ClusterRoutesOptions): FastifyPluginCallback {
  function found() {
    if (options.cluster !== undefined) return options.cluster;
    throw new AppError('NOT_FOUND', 'This node stands alone: its configuration names no others.');
  }

  return (application, _options, done) => {
    application.addHook('onRequest', refuseForeignPages);

    application.get('/picture', (request) => {
      options.authorize(request);
      return found().picture();
    });

    for (const kind of ['drain', 'undrain'] as const) {
      application.post(`/${kind}`, { schema: { body: nodeBody } }, async (request) => {
        const by = options.authorize(request);
        const { node } = request.body as { node: string };
        const { operate } = found();
        options.onCommand(`${kind} ${node}`, by);
        const { ok, text } = await soon(operate({ kind, node }));
        if (!ok) throw new AppError('CONFLICT', text);
        return { text };
      });
    }
    done();
  };
}
