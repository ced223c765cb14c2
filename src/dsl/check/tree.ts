/** Reads XML into a tree in which every element and attribute knows its place. */
import { SaxesParser } from 'saxes';
import { placesOf, type Place, type PlaceOf } from '../../base/index.js';
import { rawOffset } from './raw-offset.js';

export interface Attribute {
  value: string;
  /** Where its name stands. */
  place: Place;
  /** Where what stands at an offset of the value was written. */
  placeIn(offset: number): Place;
}

export interface Element {
  nodeName: string;
  place: Place;
  attributes: ReadonlyMap<string, Attribute>;
  children: Element[];
  getAttribute(name: string): string | null;
}

export interface Problem extends Place {
  message: string;
  suggestion?: string;
}

const depthMax = 20;

/** The root element, or the first thing that is not XML. A document type's own entities are not known. */
export function readTree(text: string): { root: Element } | { problem: Problem } {
  const reader = new TreeReader(text);
  try {
    reader.parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { problem: error.problem };
  }
  const { root } = reader;
  if (root === undefined) return { problem: { line: 1, column: 1, message: 'the file has no element' } };
  return { root };
}

/** Ends the parser at the first problem: what follows one is noise. */
class Stop extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

class TreeReader {
  readonly parser = new SaxesParser();
  root: Element | undefined;
  readonly #text: string;
  readonly #placeOf: PlaceOf;
  readonly #open: Element[] = [];
  #attributes = new Map<string, Attribute>();
  #startedAt = 0;

  constructor(text: string) {
    this.#text = text;
    this.#placeOf = placesOf(text);
    const { parser } = this;
    parser.on('error', (error) => this.#stop(parser.position, reasonOf(error)));
    parser.on('opentagstart', ({ name }) => {
      this.#startedAt = this.#text.lastIndexOf(`<${name}`, parser.position);
      this.#attributes = new Map();
    });
    parser.on('attribute', ({ name, value }) => {
      this.#attributes.set(name, this.#attribute(name, value));
    });
    parser.on('opentag', ({ name }) => {
      this.#enter(name);
    });
    parser.on('closetag', () => this.#open.pop());
  }

  #stop(offset: number, message: string): never {
    throw new Stop({ ...this.#placeOf(Math.min(offset, this.#text.length)), message });
  }

  /** The parser stands behind the closing quote. */
  #attribute(name: string, value: string): Attribute {
    const end = this.parser.position - 1;
    const start = this.#text.lastIndexOf(this.#text[end] ?? '"', end - 1) + 1;
    const raw = this.#text.slice(start, end);
    return {
      value,
      place: this.#placeOf(this.#text.lastIndexOf(name, start)),
      placeIn: (offset) => this.#placeOf(start + rawOffset(raw, offset)),
    };
  }

  #enter(nodeName: string): void {
    const attributes = this.#attributes;
    const element: Element = {
      nodeName,
      place: this.#placeOf(this.#startedAt),
      attributes,
      children: [],
      getAttribute: (name) => attributes.get(name)?.value ?? null,
    };
    if (this.#open.length >= depthMax) this.#stop(this.#startedAt, 'elements are nested too deeply');
    this.#open.at(-1)?.children.push(element);
    this.root ??= element;
    this.#open.push(element);
  }
}

/** The parser puts line and column before its reason, counted its own way. */
function reasonOf(error: Error): string {
  return error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '');
}
