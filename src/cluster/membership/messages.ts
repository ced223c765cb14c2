/** What the failure detector's thread is told at its start, and what it says afterwards. */
import type { NodeIdentity } from '../identity.js';

export interface DetectorOptions {
  self: NodeIdentity;
  /** Address to bind, and its port. */
  address: string;
  port: number;
  /** All configured nodes, this one included: host name or address, and port. */
  seeds: { host: string; port: number }[];
  keys: string[];
  intervalMs: number;
  /** One 64-bit number: when the main loop last turned, epoch milliseconds. */
  pulse: SharedArrayBuffer;
}

/** A node that answers, or is only suspected yet. */
export interface MemberSeen {
  identity: NodeIdentity;
  /** How long its main loop had not turned when it said so; 0 below a second. */
  lagMs: number;
}

export type DetectorMessage =
  | { kind: 'listening' }
  /** Others that answer now. */
  | { kind: 'members'; members: MemberSeen[] }
  /** Datagrams that no key of the cluster opens, since the start. */
  | { kind: 'refused'; count: number; from: string }
  | { kind: 'failed'; reason: string };
