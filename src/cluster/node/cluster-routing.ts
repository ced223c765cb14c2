/** The one door for commands in a cluster: the server of a visit may be this node or any other. */
import type { CellAnswers, CellInput, CellQuery } from '../../actors/cell/index.js';
import type { ActorInput, Address } from '../../actors/protocol/index.js';
import {
  decodeInput,
  type Done,
  encodeInput,
  type Outcome,
  type Runtime,
} from '../../actors/runtime/index.js';
import { AppError, type ErrorCode, errorTable } from '../../base/index.js';
import { type EngagementResource, visitIdOf } from '../../model/index.js';
import type { CommandFrame, Peers, ReplyFrame } from '../../transport/peers/index.js';
import type { NodeName } from '../identity.js';
import type { Routing } from '../routing.js';
import type { Errand, ErrandEnd, Errands } from './errands.js';
import type { Placement } from './placement.js';
import { decodeValue, encodeValue } from './value-codec.js';

export interface ClusterRoutingOptions {
  self: NodeName;
  runtime: Runtime;
  peers: () => Peers;
  errands: Errands;
  placement: Placement;
  partitionOf(cell: string): number;
  /** Why this node takes no commands at all; undefined when it does. */
  notServing(): string | undefined;
}

export interface ClusterRouting extends Routing {
  /** Takes what one cell of this node says to another; what is lost the cell says again. */
  forward(cell: string, input: CellInput): void;
  /** Does what another node asks, or says who serves. */
  receive(command: CommandFrame, reply: (reply: ReplyFrame) => void): void;
}

/** How long a tell between cells may be under way; its cell repeats it after a little more. */
const forwardMs = 1_500;
const mintTriesMax = 20_000;

/**
 * Inputs that may be given again when nobody knows whether they were taken: their actors know them by an
 * id.
 */
const repeatable = new Set<ActorInput['kind']>([
  'startVisit',
  'openPage',
  'receiveEvents',
  'takeDisposition',
  'postMessage',
  'endChat',
  'visitorAway',
  'visitorBack',
  'logIn',
  'setReadiness',
]);

export function createClusterRouting(options: ClusterRoutingOptions): ClusterRouting {
  const { self, runtime, errands, placement, partitionOf, notServing } = options;

  function refusal(): AppError | undefined {
    const reason = notServing();
    return reason === undefined ? undefined : new AppError('NOT_READY', reason);
  }

  function deliver(to: Address, input: ActorInput, fresh: boolean, done?: Done): void {
    const error = refusal();
    if (error !== undefined) {
      done?.({ ok: false, error });
      return;
    }
    const cellInput: CellInput = { kind: 'deliver', to, input };
    const errand: Errand = {
      partition: partitionOf(to.cell),
      frame: () => frameOf(fresh ? 'deliverFresh' : 'deliver', to.cell, encodeInput(to.cell, cellInput)),
      here: (end) => runtime.deliver(to.cell, cellInput, fresh, end),
      repeatable: repeatable.has(input.kind),
      done: (end) => done?.(end),
    };
    errands.run(errand);
  }

  function inquire(cell: string, errand: Pick<Errand, 'frame' | 'here'>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const error = refusal();
      if (error !== undefined) {
        reject(error);
        return;
      }
      errands.run({
        ...errand,
        partition: partitionOf(cell),
        repeatable: true,
        done: (end) => {
          if (end.ok) resolve(end.value);
          else reject(end.error);
        },
      });
    });
  }

  return {
    get serving(): Routing['serving'] {
      const reason = notServing();
      return reason === undefined ? { ok: true } : { ok: false, reason };
    },
    command: (to, input, done) => deliver(to, input, false, done),
    ask: (to, input) =>
      new Promise((resolve, reject) => {
        deliver(to, input, false, (outcome) => {
          if (outcome.ok) resolve(outcome.value as never);
          else reject(outcome.error);
        });
      }),
    commandFresh: (to, input, done) => deliver(to, input, true, done),

    query: <Kind extends CellQuery['kind']>(cell: string, query: Extract<CellQuery, { kind: Kind }>) =>
      inquire(cell, {
        frame: () => frameOf('query', cell, encodeValue(query)),
        here: (done) => settle(runtime.query(cell, query), done),
      }) as Promise<CellAnswers[Kind]>,

    interaction(interactionId) {
      const visitID = visitIdOf(interactionId);
      if (visitID === undefined) return Promise.resolve(undefined);
      return inquire(`visit/${visitID}`, {
        frame: () => ({ what: 'interaction', interaction: interactionId, cell: `visit/${visitID}` }),
        here: (done) => settle(runtime.interaction(interactionId), done),
      }) as Promise<EngagementResource | undefined>;
    },

    mintVisitId(draw) {
      let id = draw();
      if (placement.countOf(self) === 0) return id;
      for (let tries = 0; tries < mintTriesMax; tries++) {
        if (placement.serverOf(partitionOf(`visit/${id}`)) === self) return id;
        id = draw();
      }
      return id;
    },

    forward(cell, input) {
      const server = placement.serverOf(partitionOf(cell));
      if (server === undefined) return;
      if (server === self) runtime.deliver(cell, input, false);
      else {
        const frame = { ...frameOf('deliver', cell, encodeInput(cell, input)), leftMs: forwardMs, hops: 0 };
        options.peers().command(server, frame, () => undefined);
      }
    },

    receive: (command, reply) => receive(options, command, reply),
  };
}

function frameOf(
  what: 'deliver' | 'deliverFresh' | 'query',
  cell: string,
  bytes: Uint8Array,
): Omit<CommandFrame, 'id' | 'leftMs' | 'hops'> {
  return { what, [what]: bytes, cell };
}

function settle(answer: Promise<unknown>, done: (end: ErrandEnd) => void): void {
  answer.then(
    (value) => done({ ok: true, value }),
    (error: unknown) => done({ ok: false, error: asAppError(error) }),
  );
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('INTERNAL', 'The request could not be processed.', { cause: error });
}

/** Never passes a command on: the caller hears who serves, and decides. */
function receive(
  { self, runtime, placement, partitionOf }: ClusterRoutingOptions,
  command: CommandFrame,
  reply: (reply: ReplyFrame) => void,
): void {
  const { id, cell } = command;
  const partition = partitionOf(cell);

  function end(outcome: Outcome): void {
    if (outcome.ok) reply({ id, outcome: 'value', value: encodeValue(outcome.value) });
    else if (outcome.error.code === 'NOT_READY') reply(moved());
    else reply({ id, outcome: 'failure', failure: failureOf(outcome.error) });
  }

  function moved(): ReplyFrame {
    const server = placement.serverOf(partition);
    return { id, outcome: 'moved', moved: server === undefined || server === self ? '' : server };
  }

  if (placement.serverOf(partition) !== self) {
    reply(moved());
    return;
  }
  try {
    switch (command.what) {
      case 'deliver':
      case 'deliverFresh': {
        const bytes = command.deliver ?? command.deliverFresh ?? new Uint8Array();
        runtime.deliver(cell, decodeInput(bytes), command.what === 'deliverFresh', end);
        break;
      }
      case 'query':
        settle(runtime.query(cell, decodeValue(command.query ?? new Uint8Array()) as CellQuery), end);
        break;
      case 'interaction':
        settle(runtime.interaction(command.interaction ?? ''), end);
        break;
      default:
        end({ ok: false, error: new AppError('BAD_REQUEST', 'This release does not know that command.') });
    }
  } catch (error) {
    end({ ok: false, error: asAppError(error) });
  }
}

function failureOf({ code, message, field }: AppError): { code: ErrorCode; message: string; field: string } {
  return { code: code in errorTable ? code : 'INTERNAL', message, field: field ?? '' };
}
