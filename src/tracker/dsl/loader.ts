/**
 * The DSL of a site: its file is fetched once a page, and the bundle that understands it is loaded only
 * when the file has events.
 */
import { debug } from '../debug.js';
import { loadBundle } from '../load-bundle.js';
import type { Settings } from '../settings.js';
import type { Track, WatchedPage, WatchPage } from './contract.js';

export class DslLoader {
  readonly #settings: Settings;
  readonly #track: Track;
  #file: Promise<string> | undefined;
  #watchPage: WatchPage | undefined;
  #watched: WatchedPage | undefined;
  /** What to do when the bundle has arrived. */
  #awaited: (() => void) | undefined;
  #isResting = false;

  constructor(settings: Settings, track: Track) {
    this.#settings = settings;
    this.#track = track;
  }

  /** Watches the page anew. */
  start(): void {
    const { dslResource, endpoint } = this.#settings;
    if (!dslResource || this.#isResting) return;
    this.stop();
    this.#file ??= load(dslResource);
    let isOver = false;
    const watch = (file: string): void => {
      if (isOver) return;
      const { dslTriggers, unsafeEval } = this.#settings;
      const options = { isAnyEnough: dslTriggers === 'any', mayCompile: unsafeEval === true };
      try {
        this.#watched = this.#watchPage?.(file, options, this.#track);
      } catch (error) {
        debug(`the DSL ${dslResource} cannot be used`, error);
      }
    };
    this.#watched = { leave: () => undefined, remove: () => (isOver = true) };
    void this.#file.then((file) => {
      if (!/<event\b/.test(file)) return;
      if (this.#watchPage !== undefined) watch(file);
      else {
        if (this.#awaited === undefined) loadBundle(endpoint, 'dsl');
        this.#awaited = () => {
          watch(file);
        };
      }
    });
  }

  /** While its user records events, what he does in the page is no event. */
  rest(isResting: boolean): void {
    this.#isResting = isResting;
    if (isResting) this.stop();
    else this.start();
  }

  leave(): void {
    this.#watched?.leave();
  }

  stop(): void {
    this.#watched?.remove();
    this.#watched = undefined;
  }

  /** The bundle has arrived. */
  arrived(watchPage: WatchPage): void {
    this.#watchPage = watchPage;
    // The bundle's own evaluation is one task, the page's watching another.
    setTimeout(() => this.#awaited?.());
  }
}

async function load(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    if (response.ok) return await response.text();
    throw new Error(`status ${response.status}`);
  } catch (error) {
    debug(`the DSL ${url} cannot be used`, error);
    return '';
  }
}
