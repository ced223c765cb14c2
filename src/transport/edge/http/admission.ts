/** Whether a request is taken at all: its address must neither have made nor have under way too many. */
import type { Exchange } from '../wire/wire.js';
import { parseForwardedFor } from './forwarded.js';
import type { Gate } from './gate.js';

/** Counts the request of `address` until it is over; false when it must be answered 429. */
export function isAdmitted(exchange: Exchange, gate: Gate, address: string): boolean {
  if (!gate.admits(address)) return false;
  const release = gate.hold(address);
  if (release === undefined) return false;
  exchange.onDone(release);
  return true;
}

/** The client's address, of a request of which nothing has been copied yet. */
export function addressOf(exchange: Exchange, gate: Gate): string {
  const peer = exchange.peerAddress();
  if (!gate.isProxy(peer)) return peer;
  return gate.clientOf(peer, parseForwardedFor(exchange.header('x-forwarded-for')));
}
