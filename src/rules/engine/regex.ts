/**
 * Regular expressions as `matches` means them: Java syntax, the whole string, linear time. Cheap shapes
 * become string operations; the rest runs on re2js; what cannot run in linear time is refused.
 */
import { RE2JS } from 're2js';

const patternLengthMax = 1_000;
/** Java ends lines at these; its `.` matches none of them. */
const lineBreak = /[\n\r\u0085\u2028\u2029]/;
const notLineBreak = '[^\\n\\r\\x{85}\\x{2028}\\x{2029}]';

export interface RegexProblem {
  readonly message: string;
  readonly suggestion: string;
}

/** Why `pattern` cannot be used; undefined when it can. */
export function checkRegex(pattern: string): RegexProblem | undefined {
  if (pattern.length > patternLengthMax) {
    return {
      message: `the regular expression is longer than ${patternLengthMax} characters`,
      suggestion: 'Split it over several conditions joined with ||.',
    };
  }
  const refusal = refusedConstruct(pattern);
  if (refusal !== undefined) return refusal;
  try {
    RE2JS.compile(translated(pattern));
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    return {
      message: `this is not a regular expression: ${reason}`,
      suggestion: 'Write Java syntax; a literal . ( ) [ ] * + ? needs \\\\ before it.',
    };
  }
}

function refusedConstruct(pattern: string): RegexProblem | undefined {
  const found = /\(\?(?:[=!]|<[=!]|>)|\\[1-9]|\\k<|[*+?}]\+/.exec(withoutEscapesAndClasses(pattern))?.[0];
  if (found === undefined) return undefined;
  const name =
    found.startsWith('(?>') || found.endsWith('+')
      ? 'possessive matching'
      : found.startsWith('(')
        ? 'looking around'
        : 'a back reference';
  return {
    message: `${name} (${found}) is not supported: it has no bound on its time`,
    suggestion: 'Write two conditions instead, for example matches and not matches.',
  };
}

/** Escaped characters other than references, and what stands in classes, cannot be constructs. */
function withoutEscapesAndClasses(pattern: string): string {
  return pattern.replace(/\\[^1-9k]/g, '_').replace(/\[\^?\]?[^\]]*\]/g, '_');
}

/** A test of whole strings. `pattern` must have passed `checkRegex`. */
export function compileRegex(pattern: string): (text: string) => boolean {
  const cheap = cheapTest(pattern);
  if (cheap !== undefined) return cheap;
  return slowTest(pattern);
}

function slowTest(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(translated(pattern));
  return (text) => compiled.matches(text);
}

/** Java's `.` and RE2's differ at line breaks, so that a `.` outside of classes is written out. */
function translated(pattern: string): string {
  let out = '';
  let inClass = false;
  let dotAll = false;
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] ?? '';
    if (char === '\\') {
      const next = pattern[index + 1] ?? '';
      out +=
        next === 'R' && !inClass
          ? '(?:\\r\\n|[\\n\\r\\x{0b}\\x{0c}\\x{85}\\x{2028}\\x{2029}])'
          : next === 'h' && !inClass
            ? '[ \\t\\x{a0}]'
            : char + next;
      index++;
      continue;
    }
    if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '(' && !inClass) dotAll ||= /^\(\?[imU]*s/.test(pattern.slice(index, index + 8));
    out += char === '.' && !inClass && !dotAll ? notLineBreak : char;
  }
  return out;
}

const literalPattern = /^(\.\*)?((?:[^\\.[\](){}*+?^$|]|\\[.[\](){}*+?^$|\\/-])*)(\.\*)?$/;

/** `text`, `text.*`, `.*text` and `.*text.*` need no machine. */
function cheapTest(pattern: string): ((text: string) => boolean) | undefined {
  const shape = literalPattern.exec(pattern);
  if (shape === null) return undefined;
  const literal = (shape[2] ?? '').replace(/\\(.)/g, '$1');
  const [open, close] = [shape[1] !== undefined, shape[3] !== undefined];
  if (!open && !close) return (text) => text === literal;
  if (lineBreak.test(literal)) return undefined;
  const slow = slowTest(pattern);
  const fits = !open
    ? (text: string) => text.startsWith(literal)
    : !close
      ? (text: string) => text.endsWith(literal)
      : (text: string) => text.includes(literal);
  return (text) => fits(text) && (!lineBreak.test(text) || slow(text));
}
