/** The door to browsers: who can be pushed to, without saying how. The edge implements it. */

/**
 * Where a message stands in the outbox that it was kept in. Offsets of one epoch grow by one; an epoch is one
 * life of the outbox. `{ epoch: '', offset: 0 }` is the place before the first message of any.
 */
export interface OutboxMark {
  readonly epoch: string;
  readonly offset: number;
}

export interface PushHub {
  /**
   * Delivers `data`, which JSON can encode, to every session subscribed to `channel` here; nobody is not an
   * error. `mark` travels with it, so that a client can say later what it has seen.
   */
  publish(channel: string, data: unknown, mark?: OutboxMark): void;
  hasSubscribers(channel: string): boolean;
}
