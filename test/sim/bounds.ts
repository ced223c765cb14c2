// Every list, map and buffer of a member's machine has its bound here, from the settings and constants that
// the machine itself keeps to. The state is walked after each step: what has no row is as wrong as what has
// grown beyond it, so a buffer that somebody adds can not stay without a bound.
import { drainsMax, type MemberState } from '../../src/cluster/member/member.js';
import { copyBytes } from '../../src/cluster/replication/holding.js';
import {
  adoptedLengthMax,
  forEachEntry,
  lineageLengthMax,
  type Log,
} from '../../src/cluster/replication/log.js';
import { rowsPerMessageMax, type PartitionsState } from '../../src/cluster/replication/state.js';
import { unservedEpochsMax } from '../../src/cluster/replication/survey.js';
import type { ClusterSettings } from '../../src/cluster/settings.js';
import { epochOf, type ViewState } from '../../src/cluster/view/index.js';
import { heldAnswersMax } from '../../src/cluster/view/state.js';
import { payloadBytesMax } from './cells.js';
import type { SimProcess } from './node.js';
import { Violation } from './view-checks.js';

/** What bounds depend on. */
interface Sizes {
  /** Nodes that the configuration has ever named. */
  nodes: number;
  partitions: number;
  epoch: number;
  settings: ClusterSettings;
}

type Max = (sizes: Sizes) => number;

/** What may stand at a place of the state. */
type Shape =
  /** No buffer: a value that is replaced as a whole, or that stands elsewhere too and is looked at there. */
  | 'value'
  /** A list, map or set. */
  | { max: Max; each: Shape }
  /** A record: the shape of each field that holds more than a number or a text. */
  | { fields: Readonly<Record<string, Shape>> };

const list = (max: Max, each: Shape = 'value'): Shape => ({ max, each });
const perNode: Max = ({ nodes }) => nodes;
const perPartition: Max = ({ partitions }) => partitions;
const perMessage: Max = () => rowsPerMessageMax;
/** Earlier epochs without a server, as each member tells of them. */
const perUnserved: Max = ({ nodes }) => unservedEpochsMax * nodes;

const log: Shape = {
  fields: {
    endSeqs: list(() => lineageLengthMax),
    adopted: list(() => adoptedLengthMax),
    // One for each epoch; what is in them is bounded in bytes.
    segments: list(({ epoch }) => epoch + 1),
  },
};

const copy: Shape = { fields: { log, unstamped: list(perNode) } };

const viewShape: Shape = {
  fields: {
    self: 'value',
    settings: 'value',
    configured: list(perNode),
    kept: {
      fields: { view: 'value', promised: 'value', accepted: 'value', freshSaidTo: list(perNode) },
    },
    held: list(() => heldAnswersMax),
    alive: list(perNode),
    words: list(perNode),
    suspects: list(perNode),
    foreign: list(perNode),
    acks: list(perNode),
    // Each view that came before the wait of the last one was over adds its members.
    olderHolders: list(({ nodes, epoch }) => nodes * epoch),
    wanted: 'value',
    proposal: {
      fields: { ballot: 'value', promises: list(perNode), accepts: list(perNode), view: 'value' },
    },
    freshFrom: list(perNode),
    wish: { fields: { command: 'value', answered: list(perNode), recovery: 'value' } },
    alarms: list(() => 4),
  },
};

const peer: Shape = {
  fields: {
    identity: 'value',
    holdings: 'value',
    grants: list(perPartition),
    releases: list(perPartition),
    outbox: {
      fields: {
        frames: {
          fields: {
            stamps: list(perMessage),
            seeds: list(perMessage),
            batches: list(perMessage),
            fulls: list(perMessage),
            released: list(perMessage),
            leaves: list(perMessage),
          },
        },
        acks: list(perMessage),
      },
    },
  },
};

const survey: Shape = {
  fields: {
    undecided: list(perPartition),
    answers: list(perNode, list(perPartition)),
    unserved: list(perUnserved, list(perPartition)),
    unconfirmed: list(({ nodes }) => unservedEpochsMax * nodes * nodes),
    dropped: list(({ nodes, partitions }) => nodes * partitions),
  },
};

/** Each record costs a few bytes at least, and those are bounded. */
const perRecord: Max = (sizes) => journalBytesMax(sizes) / 4;

const journal: Shape = {
  fields: {
    claims: list(perPartition),
    unkept: list(perRecord),
    sizes: list(perRecord),
    // Collected until the next flush: for each partition a copy, inputs and a close mark, or two copies.
    opens: list(perPartition),
    inputs: list(perPartition),
    closes: list(perPartition),
    marks: list(({ partitions }) => partitions * 4),
  },
};

const partitionsShape: Shape = {
  fields: {
    self: 'value',
    settings: 'value',
    view: 'value',
    viewBefore: 'value',
    ring: 'value',
    term: 'value',
    partitions: list(perPartition, {
      fields: { copy, filling: copy, service: 'value', suspended: 'value' },
    }),
    services: list(perPartition, {
      fields: { log: 'value', copies: list(perNode), vain: list(perNode), handOff: 'value' },
    }),
    // A service that ends in a flush may still stand there beside the next one.
    dirty: list(({ partitions }) => partitions * 2),
    peers: list(perNode, peer),
    survey,
    unserved: list(() => unservedEpochsMax, {
      fields: { undecided: list(perPartition), unconfirmed: list(perNode) },
    }),
    journal,
    // In bytes, what the journal of earlier boots had.
    orphans: list(perPartition, list(perRecord)),
    placedChanges: list(perPartition),
    alarms: list(() => 3),
    totals: 'value',
  },
};

/** Throws when something has no bound, or is beyond it. */
function walk(value: unknown, shape: Shape, sizes: Sizes, path: string[]): void {
  if (shape === 'value') return;
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
    if ('fields' in shape) throw unbounded(path);
    const size = Array.isArray(value) ? value.length : value.size;
    const max = shape.max(sizes);
    if (size > max) throw beyond(path.join('.'), size, max);
    if (shape.each === 'value') return;
    path.push('*');
    for (const one of value instanceof Map ? value.values() : value) walk(one, shape.each, sizes, path);
    path.pop();
    return;
  }
  for (const key in value as object) {
    const field = (value as Record<string, unknown>)[key];
    if (typeof field !== 'object' || field === null) continue;
    path.push(key);
    const known = 'fields' in shape ? shape.fields[key] : undefined;
    if (known === undefined) throw unbounded(path);
    walk(field, known, sizes, path);
    path.pop();
  }
}

const unbounded = (path: readonly string[]): Violation =>
  new Violation(`bounds: ${path.join('.')} has no bound (test/sim/bounds.ts)`);

const beyond = (name: string, size: number, max: number): Violation =>
  new Violation(`bounds: ${name} is ${size}, at most ${max}`);

/** What a copy costs beside its payloads: a row for itself, and one for each epoch with entries left. */
const copyRowsBytes = 8 * 64;

/**
 * Inputs are refused beyond its bound. Whole copies, after a view or for a stop, are written anyway, and once
 * more while the writing before is on its way to the disk.
 */
function journalBytesMax({ settings, partitions }: Sizes): number {
  const { journalBytesMax: inputs, logBytesMax, copyBytesMax } = settings;
  return inputs + 2 * (logBytesMax + copyBytesMax + partitions * copyRowsBytes);
}

function bytesOf({ segments }: Log): number {
  let bytes = 0;
  forEachEntry(segments, (_, { length }) => (bytes += length));
  return bytes;
}

/** Amounts, each with its bound; and that what is counted is what is there. */
function checkBytes(state: PartitionsState, sizes: Sizes): void {
  const { settings } = state;
  const { partitionLogBytesMax, logBytesMax, copyBytesMax, frameBytesMax, windowBytesMax } = settings;
  const within = (name: string, size: number, max: number): void => {
    if (size > max) throw beyond(name, size, max);
  };
  const counted = (name: string, count: number, size: number): void => {
    if (count !== size) throw new Violation(`bounds: ${name} counts ${count} bytes, and has ${size}`);
  };
  let served = 0;
  let filling = 0;
  for (const { log: served_, copies } of state.services.values()) {
    served += served_.bytes;
    if (copies.some(({ phase }) => ['filling', 'live', 'marked'].includes(phase))) filling++;
    for (const { bytesBeforeMark, bytesAfterMark } of copies) {
      within('a window', bytesBeforeMark + bytesAfterMark, windowBytesMax + payloadBytesMax);
    }
  }
  within('copies under way', filling, settings.seedsMax + settings.pullsMax);
  counted('all logs', state.logBytes, served);
  // A takeover brings what was a copy before.
  within('all logs', served, logBytesMax + copyBytesMax);
  for (const { copy: full, filling: begun } of state.partitions) {
    for (const one of [full, begun]) {
      if (one === undefined) continue;
      counted('a log', one.log.bytes, bytesOf(one.log));
      within('a log', one.log.bytes, partitionLogBytesMax);
    }
  }
  within('copies', copyBytes(state), copyBytesMax + sizes.nodes * logBytesMax);
  for (const { outbox } of state.peers.values()) {
    if (outbox !== undefined) within('an outbox', outbox.framesBytes, frameBytesMax);
  }
  within('tokens for seeding', state.seedTokens, settings.seedBytesPerSecond / 4);
  const { bytes, sizes: records } = state.journal;
  counted(
    'the journal',
    bytes,
    records.reduce((sum, record) => sum + record.bytes, 0),
  );
  within('the journal', bytes, journalBytesMax(sizes));
}

/** At any instant, of the process that has moved; `nodes`: as many names as there ever were. */
export function checkBounds({ machine, self }: SimProcess, nodes: number): void {
  const { view, member } = machine;
  const sizes: Sizes = {
    nodes,
    partitions: member?.partitions.partitions.length ?? 0,
    epoch: epochOf(view),
    settings: view.settings,
  };
  const path = [self.name, 'view'];
  walk(view satisfies ViewState, viewShape, sizes, path);
  if (member === undefined) return;
  checkMember(member, sizes, self.name);
}

function checkMember({ partitions, drains }: MemberState, sizes: Sizes, name: string): void {
  walk(
    drains,
    list(() => drainsMax),
    sizes,
    [name, 'drains'],
  );
  walk(partitions, partitionsShape, sizes, [name, 'partitions']);
  checkBytes(partitions, sizes);
}
