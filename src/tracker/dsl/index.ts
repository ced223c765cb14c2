/** The DSL of a site: fetched, read, and watched for in the page. */
import { debug } from '../debug.js';
import { readDsl, type EventDefinition } from './dsl.js';
import { watch, type Track } from './triggers.js';

let definitions: Promise<EventDefinition[]> | undefined;

/** Watches the page for the events of the file at `url`, which is fetched once; returns what ends it. */
export function installDsl(url: string, track: Track): () => void {
  let remove: (() => void) | undefined;
  let isOver = false;
  definitions ??= load(url);
  void definitions.then((found) => {
    if (!isOver) remove = watch(found, track);
  });
  return () => {
    isOver = true;
    remove?.();
  };
}

async function load(url: string): Promise<EventDefinition[]> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    const tree = new DOMParser().parseFromString(await response.text(), 'text/xml');
    const problem = tree.querySelector('parsererror');
    if (problem !== null) throw new Error(problem.textContent);
    return readDsl(tree.documentElement);
  } catch (error) {
    debug(`the DSL ${url} cannot be used`, error);
    return [];
  }
}
