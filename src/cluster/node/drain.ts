/**
 * A node that is told to stop hands over first: an operator's drain of itself, waited for within a bound,
 * and given up at once where there is nobody to hand over to.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../base/index.js';
import type { MemberStatus, OperatorCommand } from '../member/index.js';
import type { NodeName } from '../identity.js';
import type { OperatorReply } from './operators.js';

export interface DrainOptions {
  self: NodeName;
  clock: Clock;
  logger: Logger;
  operate(command: OperatorCommand): Promise<OperatorReply>;
  status(): MemberStatus;
  /** How long it may take in all; 0: not at all. */
  timeoutMs: number;
}

const lookMs = 50;
const progressMs = 2_000;
/** A command that another one kept from being taken is given again after this. */
const againMs = 500;

/** Resolves when the node serves nothing and nobody needs it, or when waiting longer is of no use. */
export async function drainBeforeStop(options: DrainOptions): Promise<void> {
  const { self, clock, logger, timeoutMs } = options;
  if (timeoutMs === 0) return;
  const startedMs = clock.monotonicMs();
  const asked: { isWaiting: boolean; reply?: OperatorReply; repliedMs: number } = {
    isWaiting: false,
    repliedMs: -Infinity,
  };
  let progressedMs = startedMs;
  let servedMs = startedMs;

  function command(): void {
    asked.isWaiting = true;
    void options.operate({ kind: 'drain', node: self }).then((reply) => {
      Object.assign(asked, { isWaiting: false, reply, repliedMs: clock.monotonicMs() });
    });
  }

  for (;;) {
    const nowMs = clock.monotonicMs();
    const { served, copiesHeld } = options.status().partitions;
    const figures = { served, copies: copiesHeld, afterMs: Math.round(nowMs - startedMs) };
    if (asked.reply?.ok === true) {
      logger.info(figures, 'everything is handed over');
      return;
    }
    const reason = whyNoUse(options.status(), self, nowMs - servedMs);
    if (options.status().view.notServing === '') servedMs = nowMs;
    if (reason !== undefined || nowMs - startedMs >= timeoutMs) {
      const why = reason ?? `it was not done within ${timeoutMs} ms (cluster/drainTime)`;
      // Where nobody is left to take over, as when all nodes stop, nothing has gone wrong.
      const level = reason === undefined ? 'warn' : 'info';
      logger[level]({ ...figures, reason: why }, 'the node stops without having handed everything over');
      return;
    }
    if (!asked.isWaiting && nowMs - asked.repliedMs >= againMs) {
      if (asked.reply === undefined) logger.info(figures, 'handing over before the stop');
      command();
    }
    if (nowMs - progressedMs >= progressMs) {
      progressedMs = nowMs;
      logger.info({ ...figures, reply: asked.reply?.text }, 'still handing over');
    }
    await delay(lookMs);
  }
}

/** Why nobody can take over; undefined while somebody may. Each new view ends the lease for a moment. */
function whyNoUse(
  { view: { view, notServing } }: MemberStatus,
  self: NodeName,
  unservedMs: number,
): string | undefined {
  if (view === undefined || unservedMs > view.terms.leaseMs) return `nothing is served here: ${notServing}`;
  const staying = view.members.filter(({ name }) => name !== self && !view.draining.includes(name));
  return staying.length === 0 ? 'all other members stop too' : undefined;
}
