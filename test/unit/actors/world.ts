/**
 * A little world of cells under a virtual clock: every send is delivered, some of them twice or late, and
 * what browsers and agents would see is kept. Machines are stepped exactly as the runtime steps them.
 */
import {
  type CellEffect,
  type CellInput,
  type CellState,
  initialCell,
  stepCell,
} from '../../../src/actors/cell/index.js';
import type { ActorInput, Address, Documents, Observation } from '../../../src/actors/protocol/index.js';
import type { ActorRow, Settings } from '../../../src/model/index.js';
import { buildRuleSet, compilePackage, type RuleSet } from '../../../src/rules/index.js';
import { createDefaultPolicy } from '../../../src/strategy/index.js';

export const settings: Settings = {
  visitExpirationMs: 86_400_000,
  engagementExpirationMs: 30_000,
  strictEngagementMode: true,
  userData: { SignIn: [], UserInfo: [], VisitStarted: ['timezoneOffset'], ACTIONABLE: [] },
  chatGroup: 'Web Engagement Chat',
  invitation: {
    title: 'May we help?',
    text: 'An agent is free.',
    acceptLabel: 'Chat',
    rejectLabel: 'No',
    displayMs: 30_000,
  },
  ringMs: 20_000,
  chatWaitMs: 120_000,
  chatAwayMs: 60_000,
};

/** The rule set of a DRL text; throws with the first mistake. */
export function ruleSetOf(text: string): RuleSet {
  const result = compilePackage(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors[0]));
  return buildRuleSet([result.package]);
}

export function documentsOf(rules: RuleSet, change: Partial<Settings> = {}, id = 1): Documents {
  const own = { ...settings, ...change };
  return { id, rules, rulesOf: () => undefined, settings: own, policy: createDefaultPolicy(own.invitation) };
}

export interface World {
  nowMs: number;
  documents: Documents;
  readonly cells: Map<string, CellState>;
  readonly pushes: { channel: string; data: unknown }[];
  readonly rows: ActorRow[];
  readonly facts: Observation[];
  /** Gives an input to an actor, lets all tells settle, and returns the reply; throws what was refused. */
  tell(to: Address, input: ActorInput): unknown;
  /** Moves the clock, waking every cell at its deadlines on the way. */
  advance(ms: number): void;
}

export function createWorld(documents: Documents, startMs = 1_700_000_000_000): World {
  const cells = new Map<string, CellState>();
  const inFlight: { key: string; input: CellInput }[] = [];
  const world: World = {
    nowMs: startMs,
    documents,
    cells,
    pushes: [],
    rows: [],
    facts: [],
    tell(to, input) {
      const answer = answerOf(step(to.cell, { kind: 'deliver', to, input }));
      settle();
      return answer;
    },
    advance(ms) {
      const end = world.nowMs + ms;
      for (let next = soonest(); next !== undefined && next.at <= end; next = soonest()) {
        world.nowMs = Math.max(world.nowMs, next.at);
        step(next.key, { kind: 'wakeCell' });
        settle();
      }
      world.nowMs = end;
    },
  };

  function soonest(): { key: string; at: number } | undefined {
    let found: { key: string; at: number } | undefined;
    for (const [key, { deadlineMs }] of cells) {
      if (deadlineMs !== null && (found === undefined || deadlineMs < found.at))
        found = { key, at: deadlineMs };
    }
    return found;
  }

  function step(key: string, input: CellInput): CellEffect[] {
    const cell = cells.get(key) ?? initialCell(key);
    cells.set(key, cell);
    const effects = stepCell(cell, structuredClone(input), world.nowMs, world.documents);
    for (const effect of effects) perform(key, effect);
    return effects;
  }

  function perform(cell: string, effect: CellEffect): void {
    switch (effect.kind) {
      case 'push':
        world.pushes.push({ channel: effect.channel, data: effect.data });
        break;
      case 'persist':
        world.rows.push(effect.row);
        break;
      case 'observe':
        world.facts.push(effect.fact);
        break;
      case 'send': {
        const { to, input, id } = effect;
        inFlight.push({ key: to.cell, input: { kind: 'deliver', to, input, from: { cell, id } } });
        break;
      }
      case 'acknowledge':
        inFlight.push({ key: effect.sender, input: { kind: 'tellsAcknowledged', by: cell, id: effect.id } });
        break;
      default:
    }
  }

  function settle(): void {
    for (let turn = 0; inFlight.length > 0; turn++) {
      if (turn > 10_000) throw new Error('the cells talk in circles');
      const next = inFlight.shift();
      if (next === undefined) return;
      step(next.key, next.input);
      // Every third message comes twice, as after a retry.
      if (turn % 3 === 2) step(next.key, structuredClone(next.input));
    }
  }

  return world;
}

function answerOf(effects: readonly CellEffect[]): unknown {
  for (const effect of effects) {
    if (effect.kind === 'reply') return effect.value;
    if (effect.kind === 'refuse') throw new Error(`${effect.code}: ${effect.message}`);
  }
  return undefined;
}
