/**
 * Finds which of many texts occur in a page, in one pass over it: the automaton of Aho and Corasick (1975)
 * in flat arrays. A pass takes time in proportion to the length of the page and the number of texts found.
 */

export interface Literal {
  /** At least one code unit. */
  readonly text: string;
  /** What is told when the text occurs; several literals may share one. */
  readonly id: number;
}

export interface LiteralIndex {
  /** Calls `found` for the literals in `text`, each at most once. */
  scan(text: string, found: (id: number) => void): void;
  /** States of the automaton, for measuring. */
  readonly states: number;
}

const root = 0;
/** Code units whose step from the root is looked up directly. */
const directUnits = 128;

export function createLiteralIndex(literals: readonly Literal[]): LiteralIndex {
  const trie = new Trie(literals.reduce((sum, { text }) => sum + text.length, 1));
  const heads = new Int32Array(trie.capacity).fill(-1);
  const nexts = new Int32Array(literals.length);
  for (const [index, { text }] of literals.entries()) {
    const state = trie.insert(text);
    nexts[index] = heads[state] as number;
    heads[state] = index;
  }
  const { fallbacks, outputs } = link(trie, heads);
  const direct = Int32Array.from({ length: directUnits }, (_, unit) => Math.max(root, trie.step(root, unit)));
  /** The scan that last told of a state's literals; then those of all shorter ones are told of too. */
  const told = new Uint32Array(trie.size);
  let scans = 0;

  function next(from: number, unit: number): number {
    for (let state = from; state !== root; state = fallbacks[state] as number) {
      const to = trie.step(state, unit);
      if (to > root) return to;
    }
    return unit < directUnits ? (direct[unit] as number) : Math.max(root, trie.step(root, unit));
  }

  return {
    states: trie.size,
    scan(text, found) {
      scans = (scans + 1) >>> 0;
      if (scans === 0) {
        told.fill(0);
        scans = 1;
      }
      let state = root;
      for (let index = 0; index < text.length; index++) {
        state = next(state, text.charCodeAt(index));
        for (let end = heads[state] === -1 ? (outputs[state] as number) : state; end !== root;) {
          if (told[end] === scans) break;
          told[end] = scans;
          for (let entry = heads[end] as number; entry !== -1; entry = nexts[entry] as number) {
            found((literals[entry] as Literal).id);
          }
          end = outputs[end] as number;
        }
      }
    },
  };
}

/**
 * For each state where to go on when its text does not continue (the longest ending that is the beginning
 * of a literal), and the nearest of these endings that is a whole literal.
 */
function link(trie: Trie, heads: Int32Array): { fallbacks: Int32Array; outputs: Int32Array } {
  const fallbacks = new Int32Array(trie.size);
  const outputs = new Int32Array(trie.size);
  for (const state of trie.byDepth()) {
    const parent = trie.parents[state] as number;
    const unit = trie.units[state] as number;
    let fallback = root;
    if (parent !== root) {
      let from = fallbacks[parent] as number;
      while (from !== root && trie.step(from, unit) < 0) from = fallbacks[from] as number;
      fallback = Math.max(root, trie.step(from, unit));
    }
    fallbacks[state] = fallback;
    outputs[state] = heads[fallback] === -1 ? (outputs[fallback] as number) : fallback;
  }
  return { fallbacks, outputs };
}

/** The beginnings of all literals; its edges live in one table with open addressing. */
class Trie {
  readonly capacity: number;
  readonly parents: Int32Array;
  readonly units: Uint16Array;
  readonly #depths: Uint16Array;
  readonly #mask: number;
  /** The state that an edge leads to; 0 for a free place, since no edge leads to the root. */
  readonly #edges: Int32Array;
  size = 1;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.parents = new Int32Array(capacity);
    this.units = new Uint16Array(capacity);
    this.#depths = new Uint16Array(capacity);
    const places = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#mask = places - 1;
    this.#edges = new Int32Array(places);
  }

  /** The state after `unit` at `state`; -1 when no literal goes on like that. */
  step(state: number, unit: number): number {
    const place = this.#place(state, unit);
    const to = this.#edges[place] as number;
    return to === 0 ? -1 : to;
  }

  /** The state of the whole text. */
  insert(text: string): number {
    let state = root;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      const place = this.#place(state, unit);
      let to = this.#edges[place] as number;
      if (to === 0) {
        to = this.size++;
        this.#edges[place] = to;
        this.parents[to] = state;
        this.units[to] = unit;
        this.#depths[to] = index + 1;
      }
      state = to;
    }
    return state;
  }

  /** All states but the root, those of shorter texts first. */
  byDepth(): Int32Array {
    // Counted instead of compared: there may be a million.
    const starts = new Int32Array(0x1_0000);
    for (let state = 1; state < this.size; state++) {
      const depth = this.#depths[state] as number;
      starts[depth] = (starts[depth] as number) + 1;
    }
    for (let depth = 1, sum = 0; depth < starts.length; depth++) {
      const count = starts[depth] as number;
      starts[depth] = sum;
      sum += count;
    }
    const states = new Int32Array(this.size - 1);
    for (let state = 1; state < this.size; state++) {
      const depth = this.#depths[state] as number;
      const position = starts[depth] as number;
      states[position] = state;
      starts[depth] = position + 1;
    }
    return states;
  }

  /** Where the edge is, or would be. */
  #place(state: number, unit: number): number {
    const mask = this.#mask;
    let place = (Math.imul(state, 0x9e3779b1) ^ Math.imul(unit + 1, 0x85ebca6b)) >>> 0;
    place = (place ^ (place >>> 15)) & mask;
    for (;;) {
      const to = this.#edges[place] as number;
      if (to === 0 || (this.parents[to] === state && this.units[to] === unit)) return place;
      place = (place + 1) & mask;
    }
  }
}
