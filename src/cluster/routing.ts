/**
 * The one door for commands: whoever wants something of an actor asks here, and never a runtime. A node that
 * does not serve refuses every command with NOT_READY.
 */
import type { CellAnswers, CellQuery } from '../actors/cell/index.js';
import type { ActorInput, Address } from '../actors/protocol/index.js';
import type { Done, Runtime } from '../actors/runtime/index.js';
import { AppError } from '../base/index.js';
import type { EngagementResource } from '../model/index.js';

export interface Routing {
  /** Whether commands are taken now; otherwise why not, in words for an operator. */
  readonly serving: { ok: true } | { ok: false; reason: string };
  command(to: Address, input: ActorInput, done?: Done): void;
  /** The same, as a promise of the reply; rejects with `AppError`. */
  ask<Reply>(to: Address, input: ActorInput): Promise<Reply>;
  /** A command to a cell whose key has just been minted by this node. */
  commandFresh(to: Address, input: ActorInput, done?: Done): void;
  query<Kind extends CellQuery['kind']>(
    cell: string,
    query: Extract<CellQuery, { kind: Kind }>,
  ): Promise<CellAnswers[Kind]>;
  interaction(interactionId: string): Promise<EngagementResource | undefined>;
  /**
   * A new visit's id, as `draw` makes them; one that this node serves, so that its events need no second
   * hop.
   */
  mintVisitId(draw: () => string): string;
}

export interface RoutingOptions {
  runtime: Runtime;
  /** Why the node cannot serve now; undefined when it can. */
  notServing(): string | undefined;
}

export function createRouting({ runtime, notServing }: RoutingOptions): Routing {
  function refusal(): AppError | undefined {
    const reason = notServing();
    return reason === undefined ? undefined : new AppError('NOT_READY', reason);
  }

  function command(to: Address, input: ActorInput, done?: Done): void {
    const error = refusal();
    if (error === undefined) runtime.command(to, input, done);
    else done?.({ ok: false, error });
  }

  return {
    get serving(): Routing['serving'] {
      const reason = notServing();
      return reason === undefined ? { ok: true } : { ok: false, reason };
    },
    command,
    ask: (to, input) =>
      new Promise((resolve, reject) => {
        command(to, input, (outcome) => {
          if (outcome.ok) resolve(outcome.value as never);
          else reject(outcome.error);
        });
      }),
    commandFresh(to, input, done) {
      const error = refusal();
      if (error === undefined) runtime.commandFresh(to, input, done);
      else done?.({ ok: false, error });
    },
    async query(cell, query) {
      const error = refusal();
      if (error !== undefined) throw error;
      return runtime.query(cell, query);
    },
    mintVisitId: (draw) => draw(),
    async interaction(interactionId) {
      const error = refusal();
      if (error !== undefined) throw error;
      return runtime.interaction(interactionId);
    },
  };
}
