/**
 * One page's life: who the visitor is, what happened, what the server says. It owns the page's ids and its
 * outbox.
 */
import { pageOf, titleNow, watchAddress } from './address.js';
import { debug } from './debug.js';
import { DslLoader } from './dsl/loader.js';
import { clippedUrl, makeEvent, newId, type VisitorEvent } from './events.js';
import { request } from './http.js';
import { Notifications } from './notification/index.js';
import { Outbox } from './outbox.js';
import { createPush } from './push/index.js';
import { localStorageIfAny, recall } from './remembered.js';
import { forgetAll } from './session-memory.js';
import type { Ids, Settings } from './settings.js';
import { forgetVisit, identify, visitCookie, type Identification } from './visit.js';

type WithIds = (ids: Ids) => void;

/** A single-page site draws a new page, with its title, after it has changed the address. */
const titleMs = 100;
/** A site's own word of a page that its address has told already comes within this time. */
const sameEntryMs = 1_000;
/** A router that tells of each page tells of the first too, which is entered already, by this time. */
const firstEntryMs = 10_000;

export class Tracker {
  readonly notifications: Notifications;
  readonly dsl: DslLoader;
  readonly #settings: Settings;
  readonly #outbox: Outbox;
  readonly #push;
  readonly #listening = new AbortController();
  #pageID = '';
  #url = '';
  /** What the address bar last showed, of this page or already of the next. */
  #address = location.href;
  /** Undefined until the server has said whose page it is. */
  #found: Identification | undefined;
  #waiting: WithIds[] = [];
  #hasLeft = false;
  /** The address has changed and the page has not been entered yet. */
  #entering: ReturnType<typeof setTimeout> | undefined;
  #enteredByAddressMs = -sameEntryMs;
  /** Until when the site's word of the page at this address is of the first one. */
  #firstUntilMs = 0;
  /** How long the page was visible until it was last hidden, and since when it is visible. */
  #visibleMs = 0;
  #visibleSinceMs = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    // The server learns from it how far the browser's clock is off.
    const url = (): string => `${settings.endpoint}/server/data/events?sentAt=${Date.now()}`;
    this.#outbox = new Outbox(newId(), {
      send: (events) => request(url(), { json: events }),
      beacon: (events) => {
        navigator.sendBeacon(url(), new Blob([JSON.stringify(events)], { type: 'application/json' }));
      },
      storage: localStorageIfAny(),
    });
    this.#push = createPush(
      settings,
      this.#listening.signal,
      (message) => this.notifications.receive(message, this.#pageID),
      () => this.notifications.refresh(),
    );
    this.notifications = new Notifications(settings, () => this.#push.isUp);
    this.dsl = new DslLoader(settings, (name, data) => {
      this.track(name, data);
    });
    this.#watchPage();
    if (settings.singlePage === false) this.#firstUntilMs = performance.now() + firstEntryMs;
    this.#openPage(0);
  }

  /** Sends an event of this page; throws when it is none. */
  track(name: unknown, data?: unknown): void {
    this.#settleAddress();
    this.#outbox.add(this.#newEvent(name, data));
  }

  /** Calls back with the page's ids, now or as soon as they are known. */
  withIds(callback: WithIds): void {
    if (this.#found === undefined) {
      this.#waiting.push(callback);
      return;
    }
    const { visitID, globalVisitID } = this.#found;
    try {
      callback({ visitID, pageID: this.#pageID, globalVisitID });
    } catch (error) {
      debug('a callback failed', error);
    }
  }

  /** The site says that a new page has begun; what the address has told by itself is not told twice. */
  enterPage(): void {
    const nowMs = performance.now();
    const isFirst = nowMs < this.#firstUntilMs && this.#url === clippedUrl(location.href);
    this.#firstUntilMs = 0;
    if (isFirst || this.#settleAddress() || nowMs - this.#enteredByAddressMs < sameEntryMs) return;
    this.#nextPage();
  }

  /** The visitor wants none of it: everything ends here, and nothing is left behind. */
  forget(): void {
    this.#listening.abort();
    watchAddress(undefined);
    clearTimeout(this.#entering);
    this.dsl.stop();
    this.#pageID = '';
    this.#push.stop();
    this.#outbox.drop();
    this.notifications.end();
    forgetVisit(this.#settings);
    forgetAll();
  }

  #newEvent(name: unknown, data: unknown): VisitorEvent {
    const { visitID = '', globalVisitID = '', category = '' } = this.#found ?? {};
    const { languageCode } = this.#settings;
    return makeEvent(name, data, {
      pageID: this.#pageID,
      visitID,
      globalVisitID,
      category,
      url: this.#url,
      languageCode,
    });
  }

  #openPage(drawnMs: number): void {
    this.#enterPage(drawnMs).catch((error: unknown) => {
      debug('the page could not be entered', error);
    });
  }

  async #enterPage(drawnMs: number): Promise<void> {
    const pageID = (this.#pageID = newId());
    const isOver = (): boolean => pageID !== this.#pageID;
    const referrer = drawnMs > 0 ? this.#url : clippedUrl(document.referrer);
    this.#url = clippedUrl(location.href);
    this.#found = undefined;
    this.#visibleMs = 0;
    this.#visibleSinceMs = document.hidden ? 0 : performance.now();
    this.#outbox.hold();
    const entered = this.#newEvent('PageEntered', { title: titleNow(), referrer });
    this.#outbox.add(entered);
    await pause(drawnMs);
    if (isOver()) return;
    if (drawnMs > 0) entered.data.title = titleNow();
    this.dsl.start();
    await pause(0);
    const found = await identify(this.#settings, isOver);
    // The visitor has gone on to another page of a single-page site, which completes what this one left.
    if (found === undefined || isOver()) return;
    this.#found = found;
    if (found.newVisit) this.#outbox.addFirst(this.#newEvent('VisitStarted', deviceFacts(this.#settings)));
    this.#outbox.release((event) => complete(event, pageID, found));
    await pause(0);
    if (isOver() || this.#hasLeft) return;
    this.#push.start('/notification/' + found.visitID);
    this.notifications.start(found.visitID);
    for (const callback of this.#waiting.splice(0)) this.withIds(callback);
  }

  /** Ends the page so far, and enters the one that the address bar shows. */
  #nextPage(): void {
    this.#exitPage();
    this.#openPage(titleMs);
  }

  #exitPage(): void {
    this.dsl.leave();
    this.dsl.stop();
    this.#stopWatch();
    this.#outbox.add(this.#newEvent('PageExited', { visibleMs: Math.round(this.#visibleMs) }));
  }

  /** Adds the time that the page has been visible since it was shown. */
  #stopWatch(): void {
    if (this.#visibleSinceMs > 0) this.#visibleMs += performance.now() - this.#visibleSinceMs;
    this.#visibleSinceMs = 0;
  }

  /** Enters the page of a changed address now; true when there was one. */
  #settleAddress(): boolean {
    if (this.#entering === undefined) return false;
    clearTimeout(this.#entering);
    this.#entering = undefined;
    this.#enteredByAddressMs = performance.now();
    this.#nextPage();
    return true;
  }

  #addressChanged(isReplaced: boolean): void {
    const before = this.#address;
    this.#address = location.href;
    if (pageOf(this.#address, !isReplaced) === pageOf(before, !isReplaced)) return;
    // A redirection follows at once; only where it leads is a page.
    this.#entering ??= setTimeout(() => {
      this.#settleAddress();
    });
  }

  #watchPage(): void {
    const { signal } = this.#listening;
    const listen = (target: EventTarget, name: string, heard: (event: Event) => void): void => {
      target.addEventListener(name, heard, { signal });
    };
    listen(window, 'pagehide', () => {
      clearTimeout(this.#entering);
      this.#entering = undefined;
      this.#exitPage();
      this.#outbox.leave();
      this.#push.stop();
      this.#hasLeft = true;
    });
    listen(window, 'pageshow', (event) => {
      if (!(event as PageTransitionEvent).persisted) return;
      this.#hasLeft = false;
      this.#outbox.resume();
      this.#openPage(0);
    });
    listen(window, 'online', () => {
      this.#outbox.flush();
    });
    listen(document, 'visibilitychange', () => {
      this.#outbox.flush();
      this.#stopWatch();
      if (document.hidden) return;
      this.#visibleSinceMs = performance.now();
      const visitID = recall(visitCookie);
      // Another tab has begun a new visit, as this one had expired.
      if (visitID && this.#found && visitID !== this.#found.visitID) this.#nextPage();
    });
    if (this.#settings.singlePage !== false) {
      watchAddress((isReplaced) => {
        this.#addressChanged(isReplaced);
      });
    }
  }
}

/** Ends the task: what begins a page is done in pieces, none of which keeps the page's own work waiting. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An event that was made before its visit was known belongs to the visit that is known now. */
function complete(event: VisitorEvent, pageID: string, found: Identification): void {
  if (event.visitID !== '') return;
  event.visitID = found.visitID;
  event.globalVisitID = found.globalVisitID;
  if (event.pageID === pageID) event.category = found.category;
}

function deviceFacts({ name }: Settings): Record<string, unknown> {
  return {
    timezoneOffset: new Date().getTimezoneOffset(),
    screenResolution: `${screen.width}x${screen.height}`,
    language: navigator.language,
    languages: navigator.languages.slice(0, 10),
    application: name,
  };
}
