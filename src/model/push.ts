/** The door to browsers: who can be pushed to, without saying how. The edge implements it. */
import type { JsonValue } from '../base/index.js';

export interface PushHub {
  /** Delivers `data` to every session subscribed to `channel` on this node; nobody listening is not an error. */
  publish(channel: string, data: JsonValue): void;
  hasSubscribers(channel: string): boolean;
}
