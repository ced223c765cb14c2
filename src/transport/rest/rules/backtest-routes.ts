/**
 * Back-tests for people: over the agents' port as runs that a page starts, watches and cancels; over the rule
 * deployment port as one streamed answer for the command line.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from '../../../base/index.js';
import type { BacktestRequest, BacktestRuns } from '../../../backtest/index.js';
import type { BacktestProgress, BacktestRun } from '../../../model/index.js';
import type { RuleError } from '../../../rules/index.js';
import type { DeployedPackage } from './rules-routes.js';
import { takeAnyText } from '../any-text.js';
import { refuseForeignPages } from '../foreign-pages.js';

export interface BacktestRoutesOptions {
  runs: BacktestRuns;
  deployed(): readonly DeployedPackage[];
  /** The agent who asks. Throws `AppError` UNAUTHENTICATED for anybody else. */
  userOf(request: FastifyRequest): string;
}

const textLengthMax = 1_000_000;
const moment = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const wait = Type.Optional(Type.Integer({ minimum: 0, maximum: 7 * 24 * 3_600_000 }));
const startBody = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: textLengthMax }),
    sinceMs: Type.Integer(moment),
    untilMs: Type.Integer(moment),
    waitMs: wait,
  },
  { additionalProperties: false },
);

type RunRequest = FastifyRequest<{ Params: { id: string } }>;

/** `/backtest/api`, for logged-in agents. */
export function backtestRoutes({ runs, deployed, userOf }: BacktestRoutesOptions): FastifyPluginCallback {
  return (application, _options, done) => {
    application.addHook('onRequest', refuseForeignPages);

    application.get('/packages', (request, reply) => {
      userOf(request);
      const packages = deployed().map(({ package: { name, text }, version }) => ({
        package: name,
        version,
        text,
      }));
      return reply.send(packages);
    });

    application.post('/runs', { schema: { body: startBody } }, (request, reply) => {
      const user = userOf(request);
      const wanted = inOrder(request.body as BacktestRequest);
      try {
        const { id } = runs.start(user, wanted);
        return reply.status(202).send({ id, user });
      } catch (error) {
        return reply.send(refuseDraft(error, reply));
      }
    });

    application.get('/runs/:id', (request: RunRequest, reply) => {
      const { id, state, progress } = found(runs, userOf(request), request.params.id);
      return reply.send({ id, state, progress });
    });

    application.post('/runs/:id/cancel', (request: RunRequest, reply) => {
      const user = userOf(request);
      const { id } = found(runs, user, request.params.id);
      runs.cancel(user, id);
      return reply.send({});
    });
    done();
  };
}

function found(runs: BacktestRuns, user: string, id: string): BacktestRun {
  const run = runs.get(user, id);
  if (run === undefined) throw new AppError('NOT_FOUND', 'There is no such back-test, or no longer.');
  return run;
}

const streamQuery = Type.Object({
  since: Type.Integer(moment),
  until: Type.Integer(moment),
  wait,
});

/** Between two lines of progress. */
const lineIntervalMs = 200;

/**
 * `POST /rules/backtest?since=&until=&wait=` (milliseconds) with a DRL text: lines of JSON, `{"progress"}`
 * while it goes on and `{"report"}` or `{"error"}` at the end. Whoever hangs up cancels it.
 */
export function backtestStreamRoute({ runs }: Pick<BacktestRoutesOptions, 'runs'>): FastifyPluginCallback {
  return (application, _options, done) => {
    application.addHook('onRequest', refuseForeignPages);
    takeAnyText(application);
    application.post('/rules/backtest', { schema: { querystring: streamQuery } }, async (request, reply) => {
      const {
        since: sinceMs,
        until: untilMs,
        wait: waitMs,
      } = request.query as {
        since: number;
        until: number;
        wait?: number;
      };
      const text = typeof request.body === 'string' ? request.body : '';
      const wanted = inOrder({ text, sinceMs, untilMs, ...(waitMs === undefined ? {} : { waitMs }) });
      return stream(runs, wanted, reply);
    });
    done();
  };
}

async function stream(runs: BacktestRuns, wanted: BacktestRequest, reply: FastifyReply): Promise<unknown> {
  const controller = new AbortController();
  reply.raw.on('close', () => controller.abort(new Error('the caller has gone')));
  const told = { begun: false, atMs: -Infinity };
  const write = (line: object): void => {
    if (!told.begun) {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
      told.begun = true;
    }
    if (!reply.raw.destroyed) reply.raw.write(`${JSON.stringify(line)}\n`);
  };
  const onProgress = (progress: BacktestProgress): void => {
    if (performance.now() - told.atMs < lineIntervalMs) return;
    told.atMs = performance.now();
    write({ progress });
  };
  try {
    const report = await runs.run(wanted, controller.signal, onProgress);
    write({ report });
  } catch (error) {
    if (controller.signal.aborted) return reply.hijack();
    if (!told.begun) return refuseDraft(error, reply);
    write({ error: error instanceof Error ? error.message : String(error) });
  }
  reply.raw.end();
  return reply;
}

function inOrder(request: BacktestRequest): BacktestRequest {
  if (request.sinceMs < request.untilMs) return request;
  throw new AppError('BAD_REQUEST', 'The span must end after it begins.', { field: 'untilMs' });
}

/** A draft's mistakes are an answer; anything else is thrown on. */
function refuseDraft(error: unknown, reply: FastifyReply): object {
  if (!(error instanceof Error) || error.name !== 'DraftError') throw error;
  const { errors, message } = error as Error & { errors: readonly RuleError[] };
  void reply.status(400);
  return { error: 'BAD_REQUEST', message: `The draft has mistakes: ${message}`, errors };
}
