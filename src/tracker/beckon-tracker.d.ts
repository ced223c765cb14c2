/**
 * The surface that a site sees: what may be pushed onto `_gt`. Copy this file into a typed site; it stands
 * alone.
 */

export type GtData = Record<string, unknown>;

export interface GtIds {
  visitID: string;
  pageID: string;
  globalVisitID: string;
}

export interface GtOptions {
  /**
   * Base URL of the server for pages served over http, without a path. Default: where the script came from.
   */
  httpEndpoint?: string;
  /** The same for pages served over https. */
  httpsEndpoint?: string;
  /** URL of the DSL file (`domain-model.xml`); without one only API calls and page events are sent. */
  dslResource?: string;
  /** Explains on the console what the tracker does and what it refused. */
  debug?: boolean | string;
  /** Goes onto every event, chooses categories and the chat's language. Default: the page's `lang`. */
  languageCode?: string;
  /** Push by long-polling only. */
  disableWebSockets?: boolean;
  /**
   * `'required'`: nothing is stored or sent before `['consent', true]`. Default: `config` itself is consent.
   */
  consent?: 'required' | 'implied';
  /** A browser that says Do Not Track (`DNT: 1`) needs `['consent', true]`. Default: false. */
  respectDoNotTrack?: boolean;
  /** A browser that says Global Privacy Control (`Sec-GPC: 1`) needs `['consent', true]`. Default: false. */
  respectGlobalPrivacyControl?: boolean;
  /**
   * Whether a changed address is a new page, as in single-page sites. Default: true; with false only
   * `['page']` is one.
   */
  singlePage?: boolean;
  /** Whether an event of the DSL needs all of its triggers, or any one. Default: `'all'`. */
  dslTriggers?: 'all' | 'any';
  /**
   * Lets the browser compile the DSL's expressions, which needs `unsafe-eval` in a content-security policy.
   * Default: false, and our own evaluator reads them.
   */
  unsafeEval?: boolean;
  /** Name of the application, sent with `VisitStarted`. */
  name?: string;
  /** Domain of the visit's cookies, so that subdomains share a visit. Default: this host alone. */
  domainName?: string;
  /** Whether later visits of this browser are known to be its own, by a long-lived cookie. Default: true. */
  globalVisit?: boolean;
  /** Asks for no categories (a visit's first page still asks for its ids). */
  skipCategories?: boolean;
  /** Called once, when the visit's ids are known. */
  onReady?: (ids: GtIds) => void;
  /** Replaces words of the invitation and the chat, by key. */
  texts?: Record<string, string>;
}

export type GtEventDetails = { data?: GtData } | GtData;

export type GtCommand =
  | readonly ['config', GtOptions]
  | readonly ['event', string, GtEventDetails?]
  | readonly ['event', { eventName: string } & GtData]
  | readonly ['sendUserInfo' | 'sendSignIn' | 'sendSignOut', GtEventDetails?]
  | readonly ['getIDs', (ids: GtIds) => void]
  | readonly ['consent', boolean]
  | readonly ['page']
  | readonly ['recorder']
  | readonly ['subscribe', string, (data: unknown, channel: string) => void];

export interface GtQueue {
  push(...commands: GtCommand[]): number;
}

/** `document` event `beckon`: a message on a channel of the site's own. */
export interface GtMessageEvent extends CustomEvent<{ channel: string; data: unknown }> {
  type: 'beckon';
}

declare global {
  interface Window {
    _gt: GtQueue;
  }
}
