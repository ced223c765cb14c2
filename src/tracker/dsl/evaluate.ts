/** Evaluates the expressions of a DSL file in the page: with its `$`, the event, and what the event meant. */
import {
  parseExpression,
  type Expression,
  type Scope,
  type ValueDefinition,
} from '../../dsl/language/index.js';
import { debug } from '../debug.js';
import { dollar, type Dollar } from './dollar.js';

/** The page's jQuery, or our own where it has none. */
export function pageDollar(): Dollar {
  const { jQuery } = window as { jQuery?: Dollar };
  return typeof jQuery === 'function' ? jQuery : dollar;
}

/** What an expression sees, beside the page's globals. */
export function scopeOf(event?: Event, element?: Element): Scope {
  const $ = pageDollar();
  return { $, jQuery: $, event: event && eventFor(event, element), this: element };
}

/** The event as jQuery would hand it on: its current target is the element that the trigger means. */
function eventFor(event: Event, element: Element | undefined): Event {
  return new Proxy(event, {
    get(target, name) {
      if (name === 'currentTarget' || name === 'delegateTarget') return element ?? document;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

export type Compile = (source: string, absent: unknown) => Expression;

/**
 * A reader of expressions; with `mayCompile` the browser compiles what its policy and their form allow. Each
 * is read when it is first evaluated, for few of a file's events happen on one page.
 */
export function compiler(mayCompile: boolean): Compile {
  return (source, absent) => {
    if (source === '') return () => absent;
    let read: Expression | undefined;
    return (scope) => {
      read ??= (mayCompile ? compiled(source) : undefined) ?? parseExpression(source, window);
      return read(scope);
    };
  };
}

function compiled(source: string): Expression | undefined {
  try {
    const text = source.replace(/;\s*$/, '');
    // The site has asked for it by the option `unsafeEval`, for its own file.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function('$', 'jQuery', 'event', `return (${text}\n)`) as (
      ...given: unknown[]
    ) => unknown;
    return ({ $, jQuery, event, this: self }) => run.call(self, $, jQuery, event);
  } catch (error) {
    debug('not compiled by the browser', source, error);
    return undefined;
  }
}

/** Reads values into data; one that cannot be read is left out, and the event is sent without it. */
export function valueReader(
  definitions: readonly ValueDefinition[],
  compile: Compile,
): (scope: Scope) => Record<string, unknown> {
  const values = definitions.map(({ name, value }) => [name, compile(value, '')] as const);
  return (scope) => {
    const data: Record<string, unknown> = {};
    for (const [name, value] of values) {
      try {
        data[name] = plain(value(scope));
      } catch (error) {
        debug(`DSL value ${name} cannot be read`, error);
      }
    }
    return data;
  };
}

/** Elements stand for their text: a value that ends before `.text()` means it. */
function plain(value: unknown): unknown {
  if (value instanceof Node) return value.textContent;
  const { length, text } = (value ?? {}) as { length?: unknown; text?: unknown };
  return typeof length === 'number' && typeof text === 'function' ? (text.call(value) as unknown) : value;
}
