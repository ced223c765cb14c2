// Reads a YAML document against what is expected of it, and notes each difference with its line. Whatever the
// text is, reading never throws, and every problem of the text is noted, not only the first.
import {
  type Document,
  LineCounter,
  type Node,
  type Scalar,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
} from 'yaml';
import type { OptionType, WrittenValue } from './option-type.js';
import type { ConfigProblem } from './problem.js';
import { closestName } from '../base/index.js';

const textLengthMax = 1024 * 1024;
/** Problems noted; what comes after helps nobody. */
const problemsMax = 100;

/** One value of the document with its place. `node` is null where a key has no value. */
export interface Field {
  readonly path: string;
  /** Offset in the text that messages point at when there is no value. */
  readonly at: number;
  readonly node: Node | null;
}

/** A scalar as it was written: `1e3` stays `1e3`, quotes fall away. */
function textOf({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

/** Whether a key has no value, or `null`. */
export function isUnset({ node }: Field): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function below(field: Field, name: string): string {
  return field.path === '' ? name : `${field.path}/${name}`;
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

export class YamlReader {
  readonly root: Field;
  readonly problems: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document | undefined;

  /** Parses `text`; what is wrong with its syntax is in `problems` at once. `file` is for messages. */
  constructor(file: string, text: string) {
    this.#file = file;
    this.#document = this.#parse(text);
    for (const { pos, message } of this.#document?.errors ?? [])
      this.#note(this.problems, pos[0], '', message);
    this.root = this.#fieldOf('', 0, this.#document?.contents);
  }

  #parse(text: string): Document | undefined {
    try {
      if (text.length > textLengthMax) throw new RangeError(`it has more than ${textLengthMax} characters`);
      return parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    } catch (error) {
      // A hostile text, such as brackets nested thousands deep, exhausts the parser's stack.
      const reason = error instanceof Error ? error.message : String(error);
      this.#note(this.problems, 0, '', `is not readable as YAML: ${reason}`);
      return undefined;
    }
  }

  #note(list: ConfigProblem[], offset: number, path: string, message: string): void {
    if (list.length >= problemsMax) return;
    const { line, col } = this.#lines.linePos(offset);
    list.push({ file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1), path, message });
  }

  #fieldOf(path: string, at: number, node: unknown): Field {
    const resolved = isAlias(node) ? this.#document && node.resolve(this.#document) : node;
    return { path, at: offsetOf(node) ?? at, node: (resolved as Node | null | undefined) ?? null };
  }

  problem(field: Field, message: string): void {
    this.#note(this.problems, field.at, field.path, message);
  }

  warning(field: Field, message: string): void {
    this.#note(this.warnings, field.at, field.path, message);
  }

  /** Notes a name that is none of `known`, with the one that was likely meant. */
  unknownName(field: Field, what: string, name: string, known: readonly string[]): void {
    const closest = closestName(name, known);
    const hint = closest === undefined ? `known: ${known.join(', ')}` : `did you mean ${closest}?`;
    this.problem(field, `is not a known ${what}; ${hint}`);
  }

  /** The entries of a mapping; a field that is none is a problem. */
  entries(field: Field): ReadonlyMap<string, Field> {
    const found = new Map<string, Field>();
    if (isUnset(field)) return found;
    if (!isMap(field.node)) {
      this.problem(field, 'must be a mapping of names to values');
      return found;
    }
    for (const { key, value } of field.node.items) {
      const at = offsetOf(key) ?? field.at;
      if (!isScalar(key)) this.#note(this.problems, at, field.path, 'has a key that is not a name');
      else {
        const name = textOf(key);
        // Messages point at the key, where the eye looks first.
        found.set(name, { ...this.#fieldOf(below(field, name), at, value), at });
      }
    }
    return found;
  }

  /**
   * The entries of a mapping that are set. Keys beyond these names, and absent `required` ones, are problems.
   */
  record(
    field: Field,
    { required = [], optional = [] }: { required?: readonly string[]; optional?: readonly string[] },
  ): ReadonlyMap<string, Field> {
    const found = new Map<string, Field>();
    const known = [...required, ...optional];
    for (const [name, entry] of this.entries(field)) {
      if (!known.includes(name)) this.unknownName(entry, 'field', name, known);
      else if (!isUnset(entry)) found.set(name, entry);
    }
    for (const name of required) {
      if (!found.has(name)) this.problem(field, `needs ${name}`);
    }
    return found;
  }

  /** The items of a sequence; a field that is none is a problem. */
  items(field: Field): Field[] {
    if (isUnset(field)) return [];
    if (!isSeq(field.node)) {
      this.problem(field, 'must be a list');
      return [];
    }
    return field.node.items.map((item, index) => this.#fieldOf(below(field, String(index)), field.at, item));
  }

  /** The text of a scalar or the texts of a list of scalars; undefined for anything else. */
  written(field: Field): WrittenValue | undefined {
    if (isScalar(field.node)) return textOf(field.node);
    if (!isSeq(field.node)) return undefined;
    const items = this.items(field).map(({ node }) => (isScalar(node) ? textOf(node) : undefined));
    return items.every((item) => item !== undefined) ? items : undefined;
  }

  /**
   * The value of `field`; one that is not allowed is a problem, and read as undefined, like an absent field.
   */
  value<Value>(
    field: Field | undefined,
    type: OptionType<Value>,
    { sensitive = false } = {},
  ): Value | undefined {
    if (field === undefined) return undefined;
    const written = this.written(field);
    const value = written === undefined ? undefined : type.parse(written);
    if (value === undefined) {
      this.problem(field, `must be ${type.allowed}${sensitive ? '' : quoted(written)}`);
    }
    return value;
  }
}

const quotedLengthMax = 60;

/** The value at fault, for the end of a message. */
export function quoted(written: WrittenValue | undefined): string {
  if (written === undefined) return '';
  const text = JSON.stringify(written);
  return `; it is ${text.length > quotedLengthMax ? `${text.slice(0, quotedLengthMax)}…` : text}`;
}
