/** From the server's explanation of a rule to what the panel shows of it. */

export interface ConditionView {
  /** As written in the rule. */
  text: string;
  /**
   * Whether it says what must not have happened. The engine looks at that only when what stands before it
   * is met.
   */
  isAbsence: boolean;
  isMet: boolean;
  /** The events that meet it, by their place in the visit's stream. */
  ordinals: readonly number[];
  missing: string | null;
}

export interface RuleView {
  package: string;
  name: string;
  /** How often the rule has made an ACTIONABLE event. */
  firedCount: number;
  /** Epoch milliseconds of the last time; null when it never has. */
  firedAt: number | null;
  /** Why the rule was stopped for this visit; null while it runs. */
  suspended: string | null;
  /** Why the newest offer of this rule was not made, in words; null when it was, or none is known. */
  withheld: string | null;
  conditions: readonly ConditionView[];
  /** What would have made it fire, in words. */
  nearest: string | null;
}

/** Reads the answer of `GET /server/data/visits/{id}/rules`. What is no explanation of a rule is left out. */
export function rulesFrom(answer: unknown): RuleView[] {
  return listOf(answer).flatMap((item) => {
    const { package: packageName, rule, firings, conditions, nearest, engagements } = fieldsOf(item);
    if (typeof rule !== 'string') return [];
    const fired = listOf(firings).map(fieldsOf);
    const emitted = fired.filter((firing) => firing.emitted === true);
    const suspended = fired.find((firing) => typeof firing.suspended === 'string')?.suspended;
    const firedAt = emitted.at(-1)?.timestamp;
    return [
      {
        package: typeof packageName === 'string' ? packageName : '',
        name: rule,
        firedCount: emitted.length,
        firedAt: typeof firedAt === 'number' ? firedAt : null,
        withheld: withheldIn(listOf(engagements)),
        suspended: typeof suspended === 'string' ? suspended : null,
        conditions: listOf(conditions).map(conditionFrom),
        nearest: textOrNull(nearest),
      },
    ];
  });
}

/** How far along a rule is: of the conditions that a visitor can work towards, those that are met. */
export function progressOf({ conditions }: RuleView): string {
  const positive = conditions.filter((condition) => !condition.isAbsence);
  const counted = positive.length === 0 ? conditions : positive;
  return `${String(counted.filter((condition) => condition.isMet).length)} of ${String(counted.length)}`;
}

const withheldWords: ReadonlyMap<unknown, string> = new Map([
  ['noAgents', 'No invitation: no agent is ready. Log in at the workspace and switch to Ready.'],
  ['noCapacity', 'No invitation: every agent who is ready has as many chats as allowed.'],
]);

function withheldIn(engagements: readonly unknown[]): string | null {
  const { state, reason } = fieldsOf(engagements.at(-1));
  if (state !== 'CANCELLED') return null;
  return withheldWords.get(reason) ?? `No invitation: ${textOrNull(reason) ?? 'the policy made none'}.`;
}

function conditionFrom(item: unknown): ConditionView {
  const { text, satisfied, events, missing } = fieldsOf(item);
  return {
    text: typeof text === 'string' ? text : '',
    isAbsence: typeof text === 'string' && /^not\b/.test(text),
    isMet: satisfied === true,
    ordinals: listOf(events).filter((event) => typeof event === 'number'),
    missing: textOrNull(missing),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
