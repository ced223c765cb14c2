/**
 * Browsers' clocks are wrong by minutes and more. A browser says with `sentAt` what it believes the time
 * is, so the server knows how far it is off, and every event gets the time at which it did happen.
 */
import type { VisitorEvent } from '../../model/index.js';

/** Less is as likely the time that the request was under way. */
const skewMsMin = 5_000;

/** How far a browser's clock runs behind the server's, in ms; 0 when that is near, or it did not say. */
export function skewMs(sentAt: string | undefined, nowMs: number): number {
  if (sentAt === undefined || !/^\d{1,15}$/.test(sentAt)) return 0;
  const skew = nowMs - Number(sentAt);
  return Math.abs(skew) < skewMsMin ? 0 : skew;
}

/**
 * Moves the events' timestamps to the server's clock. None comes to lie in the future: events do not happen
 * after they are sent.
 */
export function correctClock(
  events: readonly VisitorEvent[],
  sentAt: string | undefined,
  nowMs: number,
): void {
  const skew = skewMs(sentAt, nowMs);
  if (skew === 0) return;
  for (const event of events) event.timestamp = Math.max(0, Math.min(nowMs, event.timestamp + skew));
}
