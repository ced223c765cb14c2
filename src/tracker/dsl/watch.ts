/** Watches a page for what a DSL file describes, and sends an event when its triggers have all happened. */
import type { EventDefinition } from '../../dsl/language/index.js';
import { debug } from '../debug.js';
import type { DslOptions, Track, WatchedPage } from './contract.js';
import { compiler, scopeOf, valueReader, type Compile } from './evaluate.js';
import type { Attached } from './listen.js';
import { attach } from './triggers.js';

/** The page has the browser to itself for most of each frame. */
const sliceMs = 8;

/** Reads the events, and attaches those whose condition holds, in slices. */
export function watch(
  definitions: Iterator<EventDefinition, void>,
  options: DslOptions,
  track: Track,
): WatchedPage {
  const attached: Attached[] = [];
  const compile = compiler(options.mayCompile);
  let timer: ReturnType<typeof setTimeout>;

  function slice(): void {
    const endsAt = performance.now() + sliceMs;
    do {
      const definition = definitions.next().value;
      if (definition === undefined) return;
      try {
        attached.push(...watchEvent(definition, compile, options, track));
      } catch (error) {
        debug(`DSL event ${definition.name} is left out`, error);
      }
    } while (performance.now() < endsAt);
    timer = setTimeout(slice);
  }

  timer = setTimeout(slice);
  return {
    leave() {
      for (const { leave } of attached) leave?.();
    },
    remove() {
      clearTimeout(timer);
      for (const { remove } of attached) remove();
    },
  };
}

/** All triggers must have happened, each as often as it says; then the event is sent and they count anew. */
function watchEvent(
  definition: EventDefinition,
  compile: Compile,
  { isAnyEnough }: DslOptions,
  track: Track,
): Attached[] {
  if (!compile(definition.condition, true)(scopeOf())) return [];
  const triggers = definition.triggers.filter(({ url }) => url === '' || isHere(url));
  if (triggers.length === 0 || (triggers.length < definition.triggers.length && !isAnyEnough)) return [];
  const postcondition = compile(definition.postcondition, true);
  const valuesOf = valueReader(definition.values, compile);
  const counts = triggers.map(() => 0);
  let data: Record<string, unknown> = {};
  return triggers.map((trigger, index) => {
    const triggerValuesOf = valueReader(trigger.values, compile);
    return attach(trigger, (event, element) => {
      try {
        const scope = scopeOf(event, element);
        counts[index] = (counts[index] ?? 0) + 1;
        Object.assign(data, triggerValuesOf(scope));
        const isDone = ({ count }: { count: number }, at: number): boolean => (counts[at] ?? 0) >= count;
        if (isAnyEnough ? !isDone(trigger, index) : !triggers.every(isDone)) return;
        const gathered = data;
        counts.fill(0);
        data = {};
        if (postcondition(scope)) track(definition.name, { ...gathered, ...valuesOf(scope) });
      } catch (error) {
        debug(`DSL event ${definition.name} was not sent`, error);
      }
    });
  });
}

function isHere(url: string): boolean {
  const wanted = new URL(url, location.href);
  const isSamePath = wanted.origin + wanted.pathname === location.origin + location.pathname;
  return isSamePath && (wanted.search === '' || wanted.search === location.search);
}
