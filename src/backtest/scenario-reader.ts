/** Reads scenario files (YAML, or JSON, which is YAML too) and says where each mistake stands. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { JsonObject } from '../base/index.js';
import { idRule, isId } from '../model/index.js';
import { readDuration } from './duration.js';
import type { ExpectedFiring, Scenario, ScenarioEvent } from './scenario.js';

/** One mistake; line and column count from 1. */
export interface FileProblem {
  line: number;
  column: number;
  message: string;
}

export type ScenarioFile =
  { ok: true; scenarios: readonly Scenario[] } | { ok: false; problems: readonly FileProblem[] };

/** Without a time of its own, an event comes so long after the one before it. */
const stepMs = 1_000;
const waitDefaultMs = 0;

export function readScenarios(text: string): ScenarioFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true });
  const problems = document.errors.map(({ message, pos: [start] }): FileProblem => {
    const { line, col } = lines.linePos(start);
    return { line, column: col, message: message.split('\n')[0] ?? message };
  });
  if (problems.length > 0) return { ok: false, problems };
  const reader = new ScenarioReader(lines);
  const scenarios = reader.file(document.contents);
  return reader.problems.length > 0 ? { ok: false, problems: reader.problems } : { ok: true, scenarios };
}

type Fields = ReadonlyMap<string, Node>;

class ScenarioReader {
  readonly problems: FileProblem[] = [];
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  file(node: Node | null): Scenario[] {
    const fields = this.#map(node, 'the file', ['scenarios']);
    const scenarios = this.#list(fields.get('scenarios'), 'scenarios', node).map((item) =>
      this.#scenario(item),
    );
    if (scenarios.length === 0 && this.problems.length === 0)
      this.#problem(node, 'the file has no scenarios');
    return scenarios;
  }

  #scenario(node: Node): Scenario {
    const fields = this.#map(node, 'a scenario', ['name', 'events', 'wait', 'expect']);
    const events: ScenarioEvent[] = [];
    for (const item of this.#list(fields.get('events'), 'events', node)) {
      events.push(this.#event(item, events));
    }
    const expect = this.#list(fields.get('expect'), 'expect', node).map((item) => this.#firing(item, events));
    const wait = fields.get('wait');
    return {
      name: this.#text(fields.get('name'), 'name', node),
      line: this.#placeOf(node).line,
      events,
      waitMs: wait === undefined ? waitDefaultMs : this.#duration(wait, 'wait'),
      expect,
    };
  }

  #event(node: Node, before: readonly ScenarioEvent[]): ScenarioEvent {
    const known = ['at', 'name', 'id', 'visit', 'page', 'category', 'url', 'language', 'data'];
    const fields = this.#map(node, 'an event', known);
    const last = before.at(-1);
    const [at, data] = [fields.get('at'), fields.get('data')];
    const text = (name: string, otherwise: string): string =>
      fields.has(name) ? this.#text(fields.get(name), name, node) : otherwise;
    const id = text('id', String(before.length + 1));
    for (const [name, value] of [
      ['id', id],
      ['visit', text('visit', 'visitor')],
    ] as const) {
      if (!isId(value)) this.#problem(fields.get(name) ?? node, `${name} must be ${idRule}`);
    }
    if (before.some((event) => event.id === id))
      this.#problem(fields.get('id') ?? node, `the id ${id} is taken by an earlier event`);
    return {
      atMs: at === undefined ? (last === undefined ? 0 : last.atMs + stepMs) : this.#duration(at, 'at'),
      name: this.#text(fields.get('name'), 'name', node),
      id,
      visit: text('visit', 'visitor'),
      page: text('page', last?.page ?? 'page'),
      categories: this.#categories(fields.get('category')),
      url: text('url', last?.url ?? 'https://www.example.com/'),
      language: text('language', 'en-US'),
      data: data === undefined ? {} : this.#data(data),
    };
  }

  #firing(node: Node, events: readonly ScenarioEvent[]): ExpectedFiring {
    const fields = this.#map(node, 'an expectation', ['rule', 'at', 'basedOn', 'completedBy', 'visit']);
    const firing: ExpectedFiring = { rule: this.#text(fields.get('rule'), 'rule', node) };
    const event = (name: string, none: string): string | null | undefined => {
      const field = fields.get(name);
      if (field === undefined) return undefined;
      const id = this.#text(field, name, node);
      if (id === none) return null;
      if (!events.some((candidate) => candidate.id === id))
        this.#problem(field, `${name} names no event of the scenario; write an event’s id or "${none}"`);
      return id;
    };
    const [at, visit] = [fields.get('at'), fields.get('visit')];
    if (at !== undefined) firing.atMs = this.#duration(at, 'at');
    if (visit !== undefined) firing.visit = this.#text(visit, 'visit', node);
    const basedOn = event('basedOn', 'none');
    if (basedOn !== undefined) firing.basedOn = basedOn;
    const completedBy = event('completedBy', 'time');
    if (completedBy !== undefined) firing.completedBy = completedBy;
    return firing;
  }

  #categories(node: Node | undefined): string[] {
    if (node === undefined) return [];
    if (isSeq(node)) return node.items.map((item) => this.#text(item as Node, 'category', node));
    return this.#text(node, 'category', node).split(';');
  }

  #data(node: Node): JsonObject {
    if (!isMap(node)) this.#problem(node, 'data must hold keys and values');
    return isMap(node) ? (node.toJSON() as JsonObject) : {};
  }

  #duration(node: Node, name: string): number {
    const value = isScalar(node) ? node.value : undefined;
    const durationMs =
      typeof value === 'string' || typeof value === 'number' ? readDuration(value) : undefined;
    if (durationMs === undefined)
      this.#problem(node, `${name} must be a time such as 30s, 2m or 1h30m, or whole milliseconds`);
    return durationMs ?? 0;
  }

  /** Numbers may stand where text is expected, as in `id: 1`. */
  #text(node: Node | undefined, name: string, parent: Node | null): string {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    this.#problem(node ?? parent, node === undefined ? `${name} is missing` : `${name} must be text`);
    return '';
  }

  #list(node: Node | undefined, name: string, parent: Node | null): Node[] {
    if (isSeq(node)) return node.items as Node[];
    this.#problem(node ?? parent, node === undefined ? `${name} is missing` : `${name} must be a list`);
    return [];
  }

  #map(node: Node | null, what: string, known: readonly string[]): Fields {
    if (!isMap(node)) {
      this.#problem(node, `${what} must hold ${known.join(', ')}`);
      return new Map();
    }
    const fields = new Map<string, Node>();
    for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name))
        this.#problem(key, `${what} has no "${name}"; it may hold ${known.join(', ')}`);
      else if (value !== null) fields.set(name, value);
    }
    return fields;
  }

  #problem(node: Node | null, message: string): void {
    this.problems.push({ ...this.#placeOf(node), message });
  }

  #placeOf(node: Node | null): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    return { line, column: col };
  }
}
