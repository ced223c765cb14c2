/** What passes between nodes: the machines' messages are the wire's, and what is no message is told apart. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { PeerMessage } from '../../../../src/cluster/member/index.js';
import type {
  PeerMessage as AnyMessage,
  PeerMessageInput,
} from '../../../../src/transport/peers/generated/beckon/v1/PeerMessage.js';
import {
  fromWire,
  peersService,
  type TakenFrame,
  toWire,
  type Wire,
  whyNoHello,
} from '../../../../src/transport/peers/protocol.js';

type Kind = PeerMessage['kind'];
/** A message of the machines without its kind, and its record on the wire without marks of absence. */
type Said<Name extends Kind> = Omit<Extract<PeerMessage, { kind: Name }>, 'kind'>;
type Taken<Name extends Kind> = Omit<Wire<NonNullable<AnyMessage[Name]>>, `_${string}`>;

const view = {
  clusterId: 'c',
  epoch: 3,
  members: [{ name: 'A', incarnation: 'i', boot: 'b', host: 'h' }],
  configured: ['A', 'B'],
  admitted: [{ name: 'A', incarnation: 'i' }],
  draining: [],
  terms: { partitionCount: 16, leaseMs: 2_000, driftMax: 0.05 },
};
const ballot = { round: 7, node: 'A', incarnation: 'i' };
const payloads = [Buffer.from('one'), Buffer.from('two')];
const seq = 3 * 2 ** 32 + 1;

const messages: { [Name in Kind]: Extract<PeerMessage, { kind: Name }> } = {
  heartbeat: { kind: 'heartbeat', clusterId: 'c', epoch: 1, sentAt: 12.5, acceptedEpoch: 0, reach: ['A'] },
  heartbeatAck: { kind: 'heartbeatAck', clusterId: 'c', epoch: 1, sentAt: 12.5, boot: 'b' },
  freshAsk: { kind: 'freshAsk', configured: ['A', 'B'], byOperator: true },
  freshAnswer: { kind: 'freshAnswer', fresh: true, open: false, incarnation: 'i', boot: 'b', reason: '' },
  prepare: { kind: 'prepare', clusterId: 'c', epoch: 4, ballot },
  promise: { kind: 'promise', clusterId: 'c', epoch: 4, ballot, accepted: { ballot, view } },
  accept: { kind: 'accept', clusterId: 'c', epoch: 4, ballot, view },
  accepted: { kind: 'accepted', clusterId: 'c', epoch: 4, ballot },
  refused: { kind: 'refused', clusterId: 'c', epoch: 4, ballot, promised: ballot },
  askView: { kind: 'askView', clusterId: '', epoch: 0 },
  decided: { kind: 'decided', view },
  recover: { kind: 'recover', previousClusterId: 'c', view },
  recovered: { kind: 'recovered', clusterId: 'c', epoch: 9 },
  holdings: {
    kind: 'holdings',
    epoch: 3,
    partitions: [1],
    copyEpochs: [2],
    seqs: [seq],
    served: [true],
    undecided: [{ epoch: 2, partitions: [4] }],
    unconfirmed: [{ epoch: 2, node: 'B', partitions: [5] }],
    dropped: [{ epoch: 1, partitions: [6] }],
    unstamped: [{ partition: 1, nodes: ['B'] }],
    holdersKnown: true,
  },
  holdingsTaken: { kind: 'holdingsTaken', epoch: 3 },
  grants: { kind: 'grants', epoch: 3, grants: [{ partition: 1, copies: ['B'], doubtful: true }] },
  grantsTaken: { kind: 'grantsTaken', epoch: 3, partitions: [1] },
  serving: {
    kind: 'serving',
    epoch: 3,
    version: 8,
    partitions: [1],
    grants: [1],
    backed: [false],
    copiesHeld: 2,
  },
  servingTaken: { kind: 'servingTaken', epoch: 3, version: 8 },
  frames: {
    kind: 'frames',
    epoch: 3,
    stamps: [{ partition: 1, grant: 1, generation: 1 }],
    seeds: [{ partition: 1, grant: 1, generation: 2, baseSeq: 0, endSeqs: [seq], adopted: [] }],
    batches: [
      {
        partition: 1,
        generation: 2,
        previousSeq: seq - 1,
        firstSeq: seq,
        payloads,
        adopted: [{ fromSeq: 1, toSeq: 2, atSeq: seq }],
      },
    ],
    fulls: [{ partition: 1, generation: 2, seq }],
    released: [{ partition: 1, seq }],
    leaves: [{ partition: 1, generation: 2 }],
  },
  acks: {
    kind: 'acks',
    epoch: 3,
    acks: [{ partition: 1, generation: 2, seq, full: true, gap: false, absent: false }],
  },
  release: {
    kind: 'release',
    epoch: 3,
    partition: 1,
    grant: 2,
    seq,
    copies: [{ node: 'A', generation: 4 }],
    nextGeneration: 5,
  },
  releaseTaken: { kind: 'releaseTaken', epoch: 3, partition: 1, grant: 2 },
  lineageAsk: { kind: 'lineageAsk', epoch: 3, partitions: [1] },
  lineages: {
    kind: 'lineages',
    epoch: 3,
    lineages: [{ partition: 1, baseSeq: 0, endSeqs: [], adopted: [], lastSeq: seq, stableSeq: seq }],
  },
  orphans: { kind: 'orphans', epoch: 3, partition: 1, segments: [{ firstSeq: seq, payloads }] },
};

const { requestSerialize, requestDeserialize } = peersService().service.Exchange;

/** A frame as it comes out at the other end. */
function passed(frame: object): TakenFrame {
  return requestDeserialize(requestSerialize(frame));
}

function wrongOf(message: PeerMessage): string {
  const [wire] = passed({ messages: [toWire(message)] }).messages;
  const taken = fromWire(wire as AnyMessage);
  return taken.is === 'wrong' ? taken.reason : taken.is;
}

describe('a message of the machines', () => {
  it('is, field by field, what proto/ says', () => {
    expectTypeOf<Kind>().toEqualTypeOf<NonNullable<AnyMessage['kind']>>();
    expectTypeOf<{ [Name in Kind]: Said<Name> }>().toExtend<{
      [Name in Kind]: NonNullable<PeerMessageInput[Name]>;
    }>();
    expectTypeOf<{ [Name in Kind]: Taken<Name> }>().toExtend<{ [Name in Kind]: Said<Name> }>();
  });

  it.each(Object.values(messages))('$kind passes as it is', (message) => {
    const [wire] = passed({ messages: [toWire(message)] }).messages;
    expect(fromWire(wire as AnyMessage)).toEqual({ is: 'message', message });
  });

  it('passes without what it may lack', () => {
    const { promise } = messages;
    const { accepted, ...bare } = promise;
    expect(accepted).toBeDefined();
    const [wire] = passed({ messages: [toWire(bare)] }).messages;
    expect(fromWire(wire as AnyMessage)).toEqual({ is: 'message', message: bare });
  });
});

describe('the generated types', () => {
  it('are fresh', { timeout: 30_000 }, () => {
    const script = resolve(import.meta.dirname, '../../../../scripts/generate-proto.mjs');
    const run = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });
});

describe('what is no message', () => {
  const { accept, frames, decided, promise, heartbeat } = messages;

  it.each([
    ['a record that is missing', { ...accept, view: null }, 'accept.view: missing'],
    [
      'one that is missing further in',
      { ...promise, accepted: { ballot, view: null } },
      'promise.accepted.view: missing',
    ],
    ['a number that is none', { ...heartbeat, sentAt: NaN }, 'heartbeat.sentAt: NaN is not a number from 0'],
    [
      'a number of an entry with a fraction',
      { ...frames, released: [{ partition: 1, seq: 0.5 }] },
      'frames.released[0].seq: 0.5 is not a whole number from 0',
    ],
    [
      'a number below zero',
      { ...frames, seeds: [{ ...frames.seeds[0], endSeqs: [1, -1] }] },
      'frames.seeds[0].endSeqs[1]: -1 is not a whole number from 0',
    ],
    [
      'a number beyond those that we count with',
      { ...decided, view: { ...view, terms: { ...view.terms, driftMax: Infinity } } },
      'decided.view.terms.driftMax: Infinity is not a number from 0',
    ],
  ])('%s is told by its place', (_, message, reason) => {
    expect(wrongOf(message as unknown as PeerMessage)).toBe(reason);
  });

  it('a kind of a later release is something else', () => {
    expect(fromWire({})).toEqual({ is: 'unknown' });
  });

  it('a greeting without a name is none', () => {
    const { hello } = passed({ hello: { clusterApplication: 'C', protocolMin: 1, protocolMax: 1 } });
    expect(whyNoHello(hello)).toBe('identity: missing');
    expect(whyNoHello(null)).toBe('no greeting');
  });
});
