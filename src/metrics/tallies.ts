// The node's own counts, as plain numbers: adding to one costs next to nothing, and the registry reads them
// only when somebody asks.
import type { Observation } from '../actors/protocol/index.js';

/** Label values that a tally keeps apart; what comes after them counts as `other`. */
const keysMax = 1_000;

/** Counts by a few labels, as many as `keysMax` combinations. */
export class LabelledTally<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #counts = new Map<string, { labels: Record<Label, string>; value: number }>();

  constructor(labels: readonly Label[]) {
    this.#labels = labels;
  }

  add(values: readonly string[], count = 1): void {
    const key = values.join('\n');
    const known = this.#counts.get(key);
    if (known !== undefined) known.value += count;
    else if (this.#counts.size < keysMax)
      this.#counts.set(key, { labels: this.#labelled(values), value: count });
    else this.#addToOther(count);
  }

  #labelled(values: readonly string[]): Record<Label, string> {
    return Object.fromEntries(this.#labels.map((label, index) => [label, values[index] ?? ''])) as Record<
      Label,
      string
    >;
  }

  #addToOther(count: number): void {
    const values = this.#labels.map(() => 'other');
    const key = values.join('\n');
    const other = this.#counts.get(key) ?? { labels: this.#labelled(values), value: 0 };
    other.value += count;
    this.#counts.set(key, other);
  }

  samples(): readonly { labels: Readonly<Record<Label, string>>; value: number }[] {
    return [...this.#counts.values()];
  }
}

/** Counts since the process began. */
export class Tallies {
  eventsAccepted = 0;
  eventsDuplicate = 0;
  eventsRejected = 0;
  botRequests = 0;
  visitsStarted = 0;
  visitsExpired = 0;
  engagementsBlocked = 0;
  chatsOpened = 0;
  cellFailures = 0;
  loadFailures = 0;
  readonly ruleFirings = new LabelledTally(['package', 'rule']);
  readonly ruleSuspensions = new LabelledTally(['package', 'rule', 'reason']);
  readonly engagements = new LabelledTally(['queue', 'reason']);
  readonly chatsEnded = new LabelledTally(['reason']);

  /** Counts a fact that an actor told. */
  observe(fact: Observation): void {
    switch (fact.name) {
      case 'eventsTaken':
        this.eventsAccepted += fact.count;
        this.eventsDuplicate += fact.duplicates;
        break;
      case 'visitStarted':
        this.visitsStarted++;
        break;
      case 'visitExpired':
        this.visitsExpired++;
        break;
      case 'ruleFired':
        this.ruleFirings.add([fact.package, fact.rule]);
        break;
      case 'ruleSuspended':
        this.ruleSuspensions.add([fact.package, fact.rule, fact.reason]);
        break;
      case 'engagementBlocked':
        this.engagementsBlocked++;
        break;
      case 'queueEntered':
        this.engagements.add([fact.queue, fact.reason ?? '']);
        break;
      case 'chatOpened':
        this.chatsOpened++;
        break;
      case 'chatEnded':
        this.chatsEnded.add([fact.reason]);
        break;
    }
  }
}
