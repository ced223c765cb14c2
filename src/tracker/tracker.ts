/**
 * One page's life: who the visitor is, what happened, what the server says. It owns the page's ids and its
 * outbox.
 */
import { readCookie } from './cookies.js';
import { debug } from './debug.js';
import { installDsl } from './dsl/index.js';
import { clippedUrl, makeEvent, newId, type VisitorEvent } from './events.js';
import { request } from './http.js';
import { Notifications } from './notification/index.js';
import { Outbox, type KeptStorage } from './outbox.js';
import { createPush } from './push/index.js';
import type { Ids, Settings } from './settings.js';
import { identify, visitCookie, type Identification } from './visit.js';

type WithIds = (ids: Ids) => void;

const titleLengthMax = 1_024;

export class Tracker {
  readonly notifications: Notifications;
  readonly #settings: Settings;
  readonly #outbox: Outbox;
  readonly #push;
  #pageID = '';
  #url = '';
  /** Undefined until the server has said whose page it is. */
  #found: Identification | undefined;
  #waiting: WithIds[] = [];
  #removeDsl: (() => void) | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const url = settings.endpoint + '/server/data/events';
    this.#outbox = new Outbox(newId(), {
      send: (events) => request(url, { json: events }),
      beacon: (events) => {
        navigator.sendBeacon(url, new Blob([JSON.stringify(events)], { type: 'application/json' }));
      },
      storage: localStorageIfAny(),
    });
    this.#push = createPush(
      settings,
      (message) => this.notifications.receive(message, this.#pageID),
      () => this.notifications.refresh(),
    );
    this.notifications = new Notifications(settings, () => this.#push.isUp);
    this.#watchPage();
    void this.#openPage();
  }

  /** Sends an event of this page; throws when it is none. */
  track(name: unknown, data?: unknown): void {
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

  /** A page of a single-page site: ends the page so far and enters the one that the address bar shows. */
  enterPage(): void {
    this.track('PageExited');
    void this.#openPage();
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

  async #openPage(): Promise<void> {
    const pageID = (this.#pageID = newId());
    this.#url = clippedUrl(location.href);
    this.#found = undefined;
    this.#outbox.hold();
    this.track('PageEntered', {
      title: document.title.slice(0, titleLengthMax),
      referrer: clippedUrl(document.referrer),
    });
    const { dslResource } = this.#settings;
    this.#removeDsl?.();
    if (dslResource) {
      this.#removeDsl = installDsl(dslResource, (name, data) => {
        this.track(name, data);
      });
    }
    const found = await identify(this.#settings);
    // The visitor has gone on to another page of a single-page site, which completes what this one left.
    if (pageID !== this.#pageID) return;
    this.#found = found;
    if (found.newVisit) this.#outbox.addFirst(this.#newEvent('VisitStarted', deviceFacts(this.#settings)));
    this.#outbox.release((event) => complete(event, pageID, found));
    this.#push.start('/notification/' + found.visitID);
    this.notifications.start(found.visitID);
    for (const callback of this.#waiting.splice(0)) this.withIds(callback);
  }

  #watchPage(): void {
    addEventListener('pagehide', () => {
      this.track('PageExited');
      this.#outbox.leave();
      this.#push.stop();
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      this.#outbox.resume();
      void this.#openPage();
    });
    addEventListener('online', () => {
      this.#outbox.flush();
    });
    document.addEventListener('visibilitychange', () => {
      this.#outbox.flush();
      const visitID = readCookie(document, visitCookie);
      // Another tab has begun a new visit, as this one had expired.
      if (!document.hidden && visitID && this.#found && visitID !== this.#found.visitID) this.enterPage();
    });
  }
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

function localStorageIfAny(): KeptStorage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
