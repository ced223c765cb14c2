/** What the tracker and the DSL bundle, which is loaded apart, know of each other. */

export type Track = (name: string, data: Record<string, unknown>) => void;

export interface DslOptions {
  /** Of several triggers of an event one is enough. */
  isAnyEnough: boolean;
  /** Expressions are compiled by the browser, for files that need more than our own evaluator. */
  mayCompile: boolean;
}

export interface WatchedPage {
  /** The page goes: a form that was begun has been abandoned. */
  leave(): void;
  /** Ends the watching. */
  remove(): void;
}

/** Watches the page for the events of a DSL file. */
export type WatchPage = (file: string, options: DslOptions, track: Track) => WatchedPage;
