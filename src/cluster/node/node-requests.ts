/** What one node asks of another node itself, and not of a cell that it serves. */
import { AppError, type ErrorCode } from '../../base/index.js';
import type { CommandFrame, Peers, ReplyFrame } from '../../transport/peers/index.js';
import type { NodeName } from '../identity.js';
import { decodeValue, encodeValue } from './value-codec.js';

export interface NodeRequests {
  /** Rejects with `AppError`: what the other node answered, or NOT_READY when it did not within `leftMs`. */
  ask(to: NodeName, request: unknown, leftMs: number): Promise<unknown>;
  /** Answers what other nodes ask, by the request's `kind`; one without is of the kind ''. */
  answer(kind: string, handler: (request: unknown) => Promise<unknown>): void;
  receive(command: CommandFrame, reply: (reply: ReplyFrame) => void): void;
}

export function createNodeRequests(peers: () => Peers): NodeRequests {
  const handlers = new Map<string, (request: unknown) => Promise<unknown>>();

  function handle(request: unknown): Promise<unknown> {
    const handler = handlers.get(kindOf(request));
    if (handler !== undefined) return handler(request);
    // This node is starting, or of a release that does not know the request.
    return Promise.reject(new AppError('NOT_READY', 'The node does not answer this yet.'));
  }

  return {
    ask: (to, request, leftMs) =>
      new Promise((resolve, reject) => {
        const frame = { what: 'node' as const, node: encodeValue(request), cell: '', leftMs, hops: 0 };
        peers().command(to, frame, (end) => {
          if (end.kind !== 'reply') reject(new AppError('NOT_READY', `The node ${to} does not answer.`));
          else if (end.reply.outcome === 'value') resolve(decodeValue(end.reply.value ?? new Uint8Array()));
          else {
            const { code = 'INTERNAL', message = 'no reason given' } = end.reply.failure ?? {};
            reject(new AppError(code as ErrorCode, `${to}: ${message}`));
          }
        });
      }),
    answer(kind, handler) {
      handlers.set(kind, handler);
    },
    receive({ id, node }, reply) {
      handle(decodeValue(node ?? new Uint8Array())).then(
        (value) => reply({ id, outcome: 'value', value: encodeValue(value) }),
        (error: unknown) => {
          const { code, message } =
            error instanceof AppError ? error : new AppError('INTERNAL', 'The request failed.');
          reply({ id, outcome: 'failure', failure: { code, message, field: '' } });
        },
      );
    },
  };
}

function kindOf(request: unknown): string {
  const { kind } = (typeof request === 'object' && request !== null ? request : {}) as { kind?: unknown };
  return typeof kind === 'string' ? kind : '';
}
