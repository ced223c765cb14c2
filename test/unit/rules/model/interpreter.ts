/**
 * A slow and obvious reading of the semantics: after every event and at every instant, list all that matches,
 * and fire what did not match a moment ago. It shares nothing with the engine.
 */
import type { NodeSpec, PackageSpec, PatternSpec, RelationSpec, RuleSpec } from './spec.js';
import { joinIndexes } from './spec.js';

export interface ModelEvent {
  readonly time: number;
  readonly name: string;
  readonly categories: readonly string[];
  readonly sku: string | null;
}

export interface ModelFiring {
  readonly rule: string;
  readonly timestamp: number;
  readonly completedBy: number | null;
  readonly basedOn: number | null;
}

/** By node: the event of a join, or the events that a count counts. */
type Found = (number | readonly number[] | null)[];

export class Interpreter {
  readonly #spec: PackageSpec;
  readonly #events: ModelEvent[] = [];
  /** Ordinals of the events not yet forgotten, in order of arrival. */
  #alive: number[] = [];
  #before: Map<string, Found>[];
  readonly #waiting: Map<string, { due: number; found: Found }>[];
  #clock = 0;
  #firings: ModelFiring[] = [];
  #completedBy: number | null = null;

  constructor(spec: PackageSpec) {
    this.#spec = spec;
    this.#before = spec.rules.map(() => new Map<string, Found>());
    this.#waiting = spec.rules.map(() => new Map<string, { due: number; found: Found }>());
  }

  insert(event: ModelEvent): ModelFiring[] {
    const early = this.#events.length === 0 ? [] : this.advance(event.time);
    if (this.#events.length === 0) this.#clock = event.time;
    this.#completedBy = this.#events.length;
    this.#alive.push(this.#events.length);
    this.#events.push(event);
    this.#fireNew();
    this.#forget();
    this.#completedBy = null;
    return [...early, ...this.#take()];
  }

  advance(time: number): ModelFiring[] {
    if (this.#events.length === 0) return [];
    for (;;) {
      const next = this.#nextInstant();
      if (next > time) break;
      this.#clock = next;
      this.#fireNew();
      this.#forget();
    }
    this.#clock = Math.max(this.#clock, time);
    return this.#take();
  }

  #take(): ModelFiring[] {
    const firings = this.#firings;
    this.#firings = [];
    return firings;
  }

  /** The earliest moment after now at which anything could differ. */
  #nextInstant(): number {
    const instants: number[] = [];
    for (const waiting of this.#waiting) for (const { due } of waiting.values()) instants.push(due);
    for (const ordinal of this.#alive) {
      const { time } = this.#events[ordinal] as ModelEvent;
      if (this.#spec.expiresMs !== null) instants.push(time + this.#spec.expiresMs + 1);
      for (const rule of this.#spec.rules) {
        for (const node of rule.nodes)
          if (node.kind === 'count' && node.windowMs !== null) instants.push(time + node.windowMs);
      }
    }
    return Math.min(...instants.filter((instant) => instant > this.#clock), Infinity);
  }

  #forget(): void {
    const { expiresMs } = this.#spec;
    if (expiresMs === null) return;
    const alive = this.#alive.filter(
      (ordinal) => (this.#events[ordinal] as ModelEvent).time + expiresMs + 1 > this.#clock,
    );
    if (alive.length === this.#alive.length) return;
    this.#alive = alive;
    this.#fireNew();
  }

  #fireNew(): void {
    const ready: { rule: number; found: Found }[] = [];
    this.#spec.rules.forEach((rule, index) => {
      const now = this.#matches(rule);
      const before = this.#before[index] as Map<string, Found>;
      const waiting = this.#waiting[index] as Map<string, { due: number; found: Found }>;
      for (const key of [...waiting.keys()]) if (!now.has(key)) waiting.delete(key);
      for (const [key, found] of now) {
        if (before.has(key)) continue;
        const due = this.#dueOf(rule, found);
        if (due <= this.#clock) ready.push({ rule: index, found });
        else waiting.set(key, { due, found });
      }
      for (const [key, { due, found }] of [...waiting]) {
        if (due > this.#clock) continue;
        waiting.delete(key);
        ready.push({ rule: index, found });
      }
      this.#before[index] = now;
    });
    const salienceOf = (index: number): number => (this.#spec.rules[index] as RuleSpec).salience;
    ready.sort((left, right) => salienceOf(right.rule) - salienceOf(left.rule) || left.rule - right.rule);
    for (const { rule, found } of ready) {
      const [first] = joinIndexes(this.#spec.rules[rule] as RuleSpec);
      const basedOn = first === undefined ? null : (found[first] as number);
      this.#firings.push({
        rule: `r${rule}`,
        timestamp: this.#clock,
        completedBy: this.#completedBy,
        basedOn,
      });
    }
  }

  /** An absence with an upper bound in time holds a match back. */
  #dueOf(rule: RuleSpec, found: Found): number {
    let due = -Infinity;
    for (const node of rule.nodes) {
      if (node.kind !== 'not' && node.kind !== 'notBoth') continue;
      const patterns = node.kind === 'notBoth' ? [node.pattern, node.second] : [node.pattern];
      for (const { relation } of patterns) {
        const bound =
          relation?.kind === 'afterRange'
            ? relation.toMs
            : relation?.kind === 'beforeRange'
              ? -relation.fromMs
              : -1;
        if (relation !== null && bound >= 0)
          due = Math.max(due, this.#timeOf(found[relation.target] as number) + bound);
      }
    }
    return due;
  }

  #timeOf(ordinal: number): number {
    return (this.#events[ordinal] as ModelEvent).time;
  }

  #matches(rule: RuleSpec): Map<string, Found> {
    const all = new Map<string, Found>();
    const walk = (index: number, found: Found): void => {
      const node = rule.nodes[index];
      if (node === undefined) {
        all.set(JSON.stringify(found), found);
        return;
      }
      for (const next of this.#ways(node, found)) walk(index + 1, [...found, next]);
    };
    walk(0, []);
    return all;
  }

  #ways(node: NodeSpec, found: Found): Found {
    const fitting = this.#alive.filter((ordinal) => this.#fits(node.pattern, ordinal, found));
    switch (node.kind) {
      case 'join':
        return fitting;
      case 'exists':
        return fitting.length > 0 ? [null] : [];
      case 'not':
        return fitting.length === 0 ? [null] : [];
      case 'notBoth':
        return fitting.length > 0 && this.#alive.some((ordinal) => this.#fits(node.second, ordinal, found))
          ? []
          : [null];
      case 'count': {
        const seen = this.#windowed(node, found);
        const holds =
          node.operator === '=='
            ? seen.length === node.count
            : node.operator === '>='
              ? seen.length >= node.count
              : seen.length < node.count;
        return holds ? [seen] : [];
      }
    }
  }

  #windowed(node: Extract<NodeSpec, { kind: 'count' }>, found: Found): number[] {
    const alone = { ...node.pattern, relation: null };
    let seen = this.#alive.filter((ordinal) => this.#fits(alone, ordinal, found));
    const { windowMs, windowLength } = node;
    if (windowMs !== null) seen = seen.filter((ordinal) => this.#timeOf(ordinal) + windowMs > this.#clock);
    if (windowLength !== null) seen = seen.slice(-windowLength);
    return seen.filter((ordinal) => this.#fits(node.pattern, ordinal, found));
  }

  #fits({ name, category, relation }: PatternSpec, ordinal: number, found: Found): boolean {
    const event = this.#events[ordinal] as ModelEvent;
    if (name !== null && event.name !== name) return false;
    if (category !== null && !event.categories.includes(category)) return false;
    return relation === null || this.#related(relation, ordinal, found[relation.target] as number);
  }

  #related({ kind, fromMs, toMs }: RelationSpec, ordinal: number, target: number): boolean {
    const [event, other] = [this.#events[ordinal] as ModelEvent, this.#events[target] as ModelEvent];
    const later = event.time - other.time;
    switch (kind) {
      case 'after':
        return later >= 1;
      case 'afterRange':
        return later >= fromMs && later <= toMs;
      case 'beforeRange':
        return -later >= fromMs && -later <= toMs;
      case 'sameSku':
        return event.sku === other.sku;
      case 'other':
        return ordinal !== target;
    }
  }
}
