/**
 * What a page may ask of the server's push: channels that stay subscribed through every loss of the
 * connection.
 */

export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'stopped';

export interface PushListener {
  stateChanged(state: ConnectionState): void;
  /**
   * The server could not be reached, or refused a session or a channel. The client keeps trying until
   * stopped.
   */
  refused(): void;
}

export interface ChannelListener {
  receive(data: unknown): void;
  /** The channel is subscribed, first or after a loss: what happened before must be read by other means. */
  caughtUp(): void;
}

export interface PushClient {
  start(listener: PushListener): void;
  stop(): void;
  /** Subscribes now and after every loss; returns what ends it. A channel has one listener. */
  subscribe(channel: string, listener: ChannelListener): () => void;
}
