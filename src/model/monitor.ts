/**
 * What is pushed on `/monitor/{visitID}` to the playground's panel and to the agent who talks with the
 * visitor.
 */
import type { EventResource } from './history.js';

export interface MonitorMessage {
  visitId: string;
  /** Events that the visit has just taken, ACTIONABLE ones included, in order. */
  events: EventResource[];
}
