/** The defaults of section `[cometd]` in spec/options.md, and the machine's own bounds. */
import type { BayeuxSettings } from './types.js';

export const defaultBayeuxSettings: BayeuxSettings = {
  timeoutMs: 30_000,
  intervalMs: 0,
  maxIntervalMs: 15_000,
  heartBeatTimeoutMs: 0,
  maxSessionsPerBrowser: 1,
  transports: ['websocket', 'long-polling', 'callback-polling'],
  sessionsMax: 100_000,
  connectionSessionsMax: 16,
  subscriptionsPerSessionMax: 100,
  queueMessagesMax: 1_000,
  queueBytesMax: 1_048_576,
  batchMessagesMax: 100,
  channelLengthMax: 256,
  dataDepthMax: 32,
};

/** What a poll beyond `maxSessionsPerBrowser` must wait, since it is never held. */
export const multipleClientsIntervalMs = 2_000;

/** How long a client refused for want of room should wait before it tries again. */
export const refusedIntervalMs = 10_000;

/** How long a client of a stopping server should wait before it connects again. */
export const drainIntervalMs = 1_000;

/** Deadlines are kept to this grain; a `tick` more often than this changes nothing. */
export const tickMs = 50;
