/** What the back-test's main thread and its worker threads say to each other. */

import type { StoreSource } from '../stores/index.js';

/** What every thread of one back-test is given when it starts. */
export interface ThreadSettings {
  /** Where the visits are. */
  source: StoreSource;
  /** DRL text of the draft, which was checked before. */
  text: string;
  sinceMs: number;
  untilMs: number;
  /** How long a visit's clock runs on after its last event. */
  waitMs: number;
  /** No clock is led beyond this. */
  nowMs: number;
  separateByDomain: boolean;
}

/** A visit's place in the order of visits. */
export interface Place {
  startDate: number;
  visitId: string;
}

/** Some visits of the span: `visits` of them after the place `after`, or from the beginning. */
export interface Part {
  after: Place | undefined;
  visits: number;
}
