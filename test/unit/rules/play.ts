/** Plays a few events through a package: the shortest way to say what should fire. */
import type { JsonObject } from '../../../src/base/index.js';
import type { VisitorEvent } from '../../../src/model/index.js';
import {
  type Firing,
  type RuleLimits,
  type RuleSet,
  advanceClock,
  buildRuleSet,
  compilePackage,
  insertEvent,
  newSession,
} from '../../../src/rules/index.js';

export interface PlayEvent {
  readonly name: string;
  readonly time: number;
  readonly category?: string;
  readonly url?: string;
  readonly data?: JsonObject;
}

/** An event, or a moment to which the clock is led. */
export type PlayStep = PlayEvent | number;

export function visitorEvent(event: PlayEvent, ordinal: number): VisitorEvent {
  return {
    eventType: 'BUSINESS',
    eventName: event.name,
    eventID: `E${ordinal}`,
    pageID: 'P1',
    visitID: 'V1',
    globalVisitID: 'G1',
    timestamp: event.time,
    category: event.category ?? '',
    url: event.url ?? 'https://example.com/',
    languageCode: 'en-US',
    data: event.data ?? {},
  };
}

export function ruleSetOf(text: string, limits?: RuleLimits): RuleSet {
  const compiled = compilePackage(text.startsWith('package') ? text : `package p;\n${text}`);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors, null, 1));
  return buildRuleSet([compiled.package], limits);
}

export function played(text: string, steps: readonly PlayStep[], limits?: RuleLimits): Firing[] {
  const ruleSet = ruleSetOf(text, limits);
  const session = newSession(ruleSet);
  let ordinal = 0;
  return steps.flatMap((step) => {
    if (typeof step === 'number') return [...advanceClock(ruleSet, session, step)];
    const at = ordinal++;
    return [...insertEvent(ruleSet, session, visitorEvent(step, at), at)];
  });
}

/** `rule@time` and, in brackets, what it was based on. */
export function said(firings: readonly Firing[]): string[] {
  return firings.map(
    ({ rule, timestamp, basedOn }) => `${rule}@${timestamp}${basedOn === null ? '' : `(${basedOn})`}`,
  );
}
