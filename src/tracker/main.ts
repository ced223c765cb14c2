/**
 * The bundle `GTC.min.js`: takes over the `_gt` queue of the page, runs what was pushed so far, then what
 * comes.
 */
import type { GtOptions } from './beckon-tracker.js';
import { debug, setDebug } from './debug.js';
import { loadBundle } from './load-bundle.js';
import { localStorageIfAny } from './remembered.js';
import { keep, kept } from './session-memory.js';
import { settingsOf, widgetsOptions } from './settings.js';
import { Tracker } from './tracker.js';

/** Says, from page to page of a tab, that its user records events for the DSL. */
const recorderKey = 'recorder';

type Arguments = readonly unknown[];
type Command = (tracker: Tracker, given: Arguments) => void;

const commands: Readonly<Record<string, Command>> = {
  event(tracker, [first, second]) {
    // The older form has the name among the data.
    const isOlder = typeof first === 'object' && first !== null;
    const name = isOlder ? (first as { eventName?: unknown }).eventName : first;
    tracker.track(name, dataOf(isOlder ? first : second));
  },
  sendUserInfo: (tracker, [details]) => tracker.track('UserInfo', dataOf(details)),
  sendSignIn: (tracker, [details]) => tracker.track('SignIn', dataOf(details)),
  sendSignOut: (tracker, [details]) => tracker.track('SignOut', dataOf(details)),
  getIDs: (tracker, [callback]) => tracker.withIds(asFunction(callback)),
  page: (tracker) => tracker.enterPage(),
  subscribe: (tracker, [channel, callback]) =>
    tracker.notifications.subscribe(String(channel), asFunction(callback)),
  chatWidget: (tracker, [mount]) => tracker.notifications.chat.mounted(asFunction(mount)),
  dslEngine: (tracker, [watchPage]) => tracker.dsl.arrived(asFunction(watchPage)),
  recorder: () => {
    keep(recorderKey, 1);
    openRecorder();
  },
  recorderHost: (_, [open]) =>
    (asFunction(open) as (host?: GtOptions, rest?: (isResting: boolean) => void) => void)(
      options,
      (isResting) => tracker?.dsl.rest(isResting),
    ),
};

let options: GtOptions | undefined;
let tracker: Tracker | undefined;
/** Calls that came before the configuration or before the page could be read. */
let early: Arguments[] = [];
/** What the visitor has said; undefined as long as nobody has asked. */
let consent: boolean | undefined;

function run(command: unknown): void {
  try {
    if (!Array.isArray(command)) throw new TypeError('a command is an array');
    const [name, ...given] = command as Arguments;
    if (name === 'config') configure(given[0] as GtOptions);
    else if (name === 'start') start();
    else if (name === 'consent') decide(given[0] !== false);
    else if (consent === false) debug('dropped, as there is no consent', command);
    else if (tracker === undefined) early = early.concat([command]).slice(-500);
    else if (typeof name === 'string' && Object.hasOwn(commands, name)) commands[name]?.(tracker, given);
    else throw new TypeError('there is no such command');
  } catch (error) {
    // Whatever the site pushed, its page must go on.
    debug('refused', command, error);
  }
}

function configure(given: GtOptions): void {
  options = { ...options, ...given };
  setDebug(!!options.debug);
  whenReadable(() => startSoon());
}

/** A new decision: what was kept back goes, or everything ends. */
function decide(isGiven: boolean): void {
  consent = isGiven;
  if (isGiven) {
    if (options !== undefined) whenReadable(() => startSoon());
    return;
  }
  early = [];
  tracker?.forget();
  tracker = undefined;
}

/** Whether the visitor must be asked: the site says so, or the browser does and the site listens to it. */
function mustAsk({ consent, respectDoNotTrack, respectGlobalPrivacyControl }: GtOptions): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as {
    doNotTrack?: unknown;
    globalPrivacyControl?: unknown;
  };
  return (
    consent === 'required' ||
    (respectDoNotTrack === true && doNotTrack === '1') ||
    (respectGlobalPrivacyControl === true && globalPrivacyControl === true)
  );
}

/** The page's title and elements are there; a page that is only prefetched has not been entered. */
function whenReadable(then: () => void): void {
  const again = (): void => {
    whenReadable(then);
  };
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', again, { once: true });
  } else if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', again, { once: true });
  } else then();
}

/** A first look into a storage takes the browser as long as all the rest of a start. */
const beginnings: (() => unknown)[] = [() => localStorageIfAny()?.length, () => kept(recorderKey)];

/** The page's own work comes first, and ours in small pieces. */
function startSoon(step = 0): void {
  setTimeout(() => {
    const begin = beginnings[step];
    if (begin === undefined) run(['start']);
    else if (mayStart()) {
      begin();
      startSoon(step + 1);
    }
  });
}

function mayStart(): boolean {
  return tracker === undefined && options !== undefined && (consent ?? !mustAsk(options));
}

function start(): void {
  if (options === undefined || !mayStart()) return;
  const { onReady } = options;
  tracker = new Tracker(settingsOf(options));
  if (onReady !== undefined) tracker.withIds(onReady);
  early.splice(0).forEach(run);
  if (kept(recorderKey)) openRecorder();
}

function openRecorder(): void {
  if (options !== undefined) loadBundle(settingsOf(options).endpoint, 'recorder');
}

/** `{data: {…}}`, or the data itself beside an `eventName`. */
function dataOf(details: unknown): unknown {
  if (typeof details !== 'object' || details === null) return details;
  const { eventName: _, data, ...rest } = details as { eventName?: unknown; data?: unknown };
  return data ?? rest;
}

function asFunction(value: unknown): never {
  if (typeof value !== 'function') throw new TypeError('a function is needed');
  return value as never;
}

const page = window as unknown as { _gt?: unknown };
// Without a queue the name stands for the script element, whose id it is.
const queue: unknown[] & { isLoaded?: boolean } = Array.isArray(page._gt) ? page._gt : (page._gt = []);
if (!queue.isLoaded) {
  queue.isLoaded = true;
  const queued = queue.splice(0);
  queue.push = (...pushed: unknown[]) => {
    pushed.forEach(run);
    return pushed.length;
  };
  const fromWidgets = widgetsOptions();
  if (fromWidgets !== undefined) configure(fromWidgets);
  queued.forEach(run);
}
