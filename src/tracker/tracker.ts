/** One page's life: who the visitor is, what happened, what the server says. It owns the page's ids and its outbox. */
import { debug } from './debug.js';
import { readCookie } from './cookies.js';
import { installDsl } from './dsl/index.js';
import { clippedUrl, makeEvent, newId, type VisitorEvent } from './events.js';
import { request } from './http.js';
import { createNotifications, type Notifications } from './notification/index.js';
import { createOutbox, type KeptStorage } from './outbox.js';
import { createPush } from './push/index.js';
import type { Ids, Settings } from './settings.js';
import { identify, visitCookie, type Identification } from './visit.js';

export interface Tracker {
  /** Sends an event of this page; throws when it is none. */
  track(name: unknown, data: unknown): void;
  /** Calls back with the page's ids, now or as soon as they are known. */
  withIds(callback: (ids: Ids) => void): void;
  /** A page of a single-page site: ends the page so far and enters the one that the address bar shows. */
  enterPage(): void;
  notifications: Notifications;
}

export function startTracker(settings: Settings): Tracker {
  const eventsUrl = settings.endpoint + '/server/data/events';
  let pageID = '';
  let pageUrl = '';
  let identified: Identification | undefined;
  let waiting: ((ids: Ids) => void)[] = [];
  let removeDsl: (() => void) | undefined;

  const outbox = createOutbox({
    send: (events) => request(eventsUrl, { json: events }),
    beacon: (events) =>
      navigator.sendBeacon(eventsUrl, new Blob([JSON.stringify(events)], { type: 'application/json' })),
    storage: localStorageIfAny(),
    name: newId(),
    nowMs: Date.now,
    random: Math.random,
    debug,
  });
  const push = createPush(settings, {
    onMessage: (message) => notifications.receive(message, pageID),
    onUp: () => notifications.refresh(),
  });
  const notifications = createNotifications(settings, push.isUp);

  function newEvent(name: unknown, data: unknown): VisitorEvent {
    const { visitID = '', globalVisitID = '', category = '' } = identified ?? {};
    const { languageCode } = settings;
    const page = { pageID, visitID, globalVisitID, category, languageCode, url: pageUrl };
    return makeEvent(name, data, page, Date.now());
  }

  function track(name: unknown, data?: unknown): void {
    outbox.add(newEvent(name, data));
  }

  async function openPage(): Promise<void> {
    const opened = (pageID = newId());
    pageUrl = clippedUrl(location.href);
    identified = undefined;
    outbox.hold();
    track('PageEntered', { title: document.title.slice(0, 1_024), referrer: clippedUrl(document.referrer) });
    removeDsl?.();
    removeDsl = settings.dslResource ? installDsl(settings.dslResource, track) : undefined;
    const found = await identify(settings);
    // The visitor has gone on to another page of a single-page site, which completes what this one left.
    if (opened !== pageID) return;
    identified = found;
    if (found.newVisit) outbox.addFirst(newEvent('VisitStarted', deviceFacts(settings)));
    outbox.release(complete);
    const { visitID } = found;
    push.start(visitID);
    notifications.start(visitID);
    const ready = waiting;
    waiting = [];
    ready.forEach(withIds);
  }

  /** An event that was made before its visit was known belongs to the visit that is known now. */
  function complete(event: VisitorEvent): void {
    if (event.visitID !== '' || identified === undefined) return;
    event.visitID = identified.visitID;
    event.globalVisitID = identified.globalVisitID;
    if (event.pageID === pageID) event.category = identified.category;
  }

  function withIds(callback: (ids: Ids) => void): void {
    if (identified === undefined) {
      waiting.push(callback);
      return;
    }
    const { visitID, globalVisitID } = identified;
    try {
      callback({ visitID, pageID, globalVisitID });
    } catch (error) {
      debug('a callback of the site failed', error);
    }
  }

  function enterPage(): void {
    track('PageExited');
    void openPage();
  }

  addEventListener('pagehide', () => {
    track('PageExited');
    outbox.leave();
    push.stop();
  });
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    outbox.resume();
    void openPage();
  });
  addEventListener('online', outbox.flush);
  document.addEventListener('visibilitychange', () => {
    outbox.flush();
    const visitID = readCookie(document, visitCookie);
    // Another tab has begun a new visit, as this one had expired.
    if (!document.hidden && visitID && identified && visitID !== identified.visitID) enterPage();
  });
  void openPage();
  return { track, withIds, enterPage, notifications };
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
