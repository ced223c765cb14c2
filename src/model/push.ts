/** The door to browsers: who can be pushed to, without saying how. The edge implements it. */
export interface PushHub {
  /**
   * Delivers `data`, which JSON can encode, to every session subscribed to `channel` here; nobody is not an
   * error.
   */
  publish(channel: string, data: unknown): void;
  hasSubscribers(channel: string): boolean;
}
