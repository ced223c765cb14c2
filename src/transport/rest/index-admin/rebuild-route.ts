/** `POST /index/rebuild`: fills the search index again, and says how far it is while it goes on. */
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import Type from 'typebox';
import { AppError } from '../../../base/index.js';
import type { RebuildProgress } from '../../../stores/index.js';
import { refuseForeignPages } from '../foreign-pages.js';

export interface RebuildWanted {
  onlyMissing: boolean;
  /** Visits that started from then on and before then, epoch milliseconds. */
  sinceMs: number;
  untilMs: number;
}

export interface RebuildRouteOptions {
  /** Undefined when the node keeps no index. */
  rebuild:
    | ((
        wanted: RebuildWanted,
        signal: AbortSignal,
        onProgress: (progress: Readonly<RebuildProgress>) => void,
      ) => Promise<RebuildProgress>)
    | undefined;
  nowMs: () => number;
}

const ms = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }));
const query = Type.Object(
  { missing: Type.Optional(Type.Boolean()), since: ms, until: ms },
  { additionalProperties: false },
);
/** Between two lines of progress. */
const lineIntervalMs = 200;

/**
 * Lines of JSON: `{"progress"}` while it goes on, `{"done"}` or `{"error"}` at the end; whoever hangs up
 * cancels it. 404 on a node without an index, 409 while another rebuild runs.
 */
export function rebuildRoute({ rebuild, nowMs }: RebuildRouteOptions): FastifyPluginCallback {
  let isRunning = false;
  return (application, _options, done) => {
    application.addHook('onRequest', refuseForeignPages);
    application.post('/index/rebuild', { schema: { querystring: query } }, async (request, reply) => {
      if (rebuild === undefined) throw new AppError('NOT_FOUND', 'This node keeps no search index.');
      const {
        missing = false,
        since = 0,
        until,
      } = request.query as {
        missing?: boolean;
        since?: number;
        until?: number;
      };
      const wanted = { onlyMissing: missing, sinceMs: since, untilMs: until ?? nowMs() };
      if (!wanted.onlyMissing && wanted.sinceMs > 0) {
        throw new AppError('BAD_REQUEST', 'A span needs missing=true: all else would be emptied.', {
          field: 'since',
        });
      }
      if (isRunning) throw new AppError('CONFLICT', 'The index is being rebuilt already.');
      isRunning = true;
      try {
        return await stream((signal, onProgress) => rebuild(wanted, signal, onProgress), reply);
      } finally {
        isRunning = false;
      }
    });
    done();
  };
}

async function stream(
  work: (signal: AbortSignal, onProgress: (progress: RebuildProgress) => void) => Promise<RebuildProgress>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const controller = new AbortController();
  reply.raw.on('close', () => controller.abort(new Error('the caller has gone')));
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  const write = (line: object): void => {
    if (!reply.raw.destroyed) reply.raw.write(`${JSON.stringify(line)}\n`);
  };
  let toldAtMs = -Infinity;
  try {
    const progress = await work(controller.signal, (now) => {
      if (performance.now() - toldAtMs < lineIntervalMs) return;
      toldAtMs = performance.now();
      write({ progress: now });
    });
    write({ done: progress });
  } catch (error) {
    write({ error: error instanceof AppError ? error.message : 'The rebuild failed; the log says why.' });
  }
  reply.raw.end();
  return reply;
}
