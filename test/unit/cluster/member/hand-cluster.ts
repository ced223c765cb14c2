/**
 * A small cluster of members in memory, under one clock that a test moves by hand. Each node has a disk, a
 * runtime that keeps what a partition's cells would know, and a network that a test can cut, delay and
 * shuffle.
 */
import {
  appendInput,
  createMember,
  flushMember,
  memberStatus,
  stepMember,
  type MemberEffect,
  type MemberInput,
  type MemberState,
  type PeerMessage,
} from '../../../../src/cluster/member/index.js';
import type { NodeIdentity } from '../../../../src/cluster/identity.js';
import type { JournalRecord } from '../../../../src/cluster/replication/index.js';
import { type ClusterSettings, defaultClusterSettings } from '../../../../src/cluster/settings.js';
import type { KeptState } from '../../../../src/cluster/view/index.js';

const text = new TextEncoder();
const untext = new TextDecoder();

/** What the store has of a partition. */
interface Stored {
  seq: number;
  ids: string[];
}

interface Served {
  epoch: number;
  grant: number;
  /** What the cells have taken in, oldest first. */
  ids: string[];
  seqs: number[];
  stableSeq: number;
}

interface Node {
  identity: NodeIdentity;
  member: MemberState | undefined;
  boots: number;
  kept: KeptState | undefined;
  records: { position: number; record: JournalRecord }[];
  served: Map<number, Served>;
  placed: Map<number, string | null>;
  log: MemberEffect[];
}

interface Flying {
  atMs: number;
  from: NodeIdentity;
  to: string;
  message: PeerMessage;
}

export interface HandOptions {
  names?: string[];
  partitionCount?: number;
  settings?: Partial<ClusterSettings>;
  /** Milliseconds that a message takes; and whether it is lost. */
  delayMs?: () => number;
  isLost?: (from: string, to: string, message: PeerMessage) => boolean;
}

export type HandCluster = ReturnType<typeof handCluster>;

export function handCluster(options: HandOptions = {}) {
  const names = options.names ?? ['a', 'b', 'c'];
  const partitionCount = options.partitionCount ?? 16;
  const settings = { ...defaultClusterSettings, partitionCount, ...options.settings };
  let nowMs = 1_000_000;
  let flying: Flying[] = [];
  const nodes = new Map<string, Node>();
  const cuts = new Set<string>();
  const cutLinks = new Set<string>();
  /** Processes that stand still: their clock goes on. */
  const frozen = new Set<string>();
  /** Of these the other threads go on, so that they look alive until their main loop counts as hung. */
  const hungSinceMs = new Map<string, number>();
  const store = new Map<number, Stored>();
  /** Per partition, what clients were told to be safe. */
  const acked = new Map<number, string[]>();
  const lost: string[] = [];
  let doubtful = 0;

  function nodeOf(name: string): Node {
    const node = nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  function start(name: string): void {
    const before = nodes.get(name);
    const boots = (before?.boots ?? 0) + 1;
    const incarnation = before?.identity.incarnation ?? `${name}-disk`;
    const identity = { name, incarnation, boot: `${name}-${boots}`, host: `host-${name}` };
    const records = before?.records ?? [];
    const node: Node = {
      identity,
      member: undefined,
      boots,
      kept: before?.kept,
      records,
      served: new Map(),
      placed: new Map(),
      log: [],
    };
    node.member = createMember({
      self: identity,
      settings,
      configured: names,
      kept: node.kept,
      journal: records.map((record) => structuredClone(record)),
      nowMs,
    });
    nodes.set(name, node);
  }

  /** A disk without anything on it: the next start is another incarnation. */
  function wipe(name: string): void {
    const node = nodeOf(name);
    node.kept = undefined;
    node.records = [];
    node.identity = { ...node.identity, incarnation: `${name}-disk-${node.boots + 1}` };
  }

  /** The process is gone, with its memory; its disk stays. */
  function kill(name: string): void {
    const node = nodeOf(name);
    node.member = undefined;
    frozen.delete(name);
    node.served.clear();
  }

  function isUp(name: string): boolean {
    return nodes.get(name)?.member !== undefined;
  }

  function isCut(one: string, other: string): boolean {
    return cuts.has(`${one} ${other}`) || cuts.has(`${other} ${one}`);
  }

  function looksAlive(name: string): boolean {
    const sinceMs = hungSinceMs.get(name);
    return sinceMs === undefined ? !frozen.has(name) : nowMs - sinceMs <= settings.hangMs;
  }

  function aliveFor(name: string): NodeIdentity[] {
    return [...nodes.values()]
      .filter((node) => node.member !== undefined && node.identity.name !== name)
      .filter((node) => !isCut(name, node.identity.name) && looksAlive(node.identity.name))
      .map((node) => node.identity);
  }

  function give(name: string, input: MemberInput): void {
    const { member } = nodeOf(name);
    if (member !== undefined) carryOut(name, stepMember(member, input, nowMs));
  }

  function carryOut(name: string, effects: MemberEffect[]): void {
    const node = nodeOf(name);
    const later: MemberInput[] = [];
    for (const effect of effects) {
      if (effect.kind !== 'send') node.log.push(effect);
      const answer = perform(node, effect);
      if (answer !== undefined) later.push(answer);
    }
    for (const input of later) give(name, input);
  }

  function perform(node: Node, effect: MemberEffect): MemberInput | undefined {
    const { name } = node.identity;
    switch (effect.kind) {
      case 'send': {
        if (cutLinks.has(`${name} ${effect.to}`)) return undefined;
        if (options.isLost?.(name, effect.to, effect.message) === true) return undefined;
        const atMs = nowMs + (options.delayMs?.() ?? 1);
        flying.push({ atMs, from: node.identity, to: effect.to, message: structuredClone(effect.message) });
        return undefined;
      }
      case 'keepState':
        node.kept = structuredClone(effect.state);
        return { kind: 'stateKept', ticket: effect.ticket };
      case 'journal':
        node.records.push(structuredClone({ position: effect.position, record: effect.record }));
        return { kind: 'journalKept', position: effect.position };
      case 'releaseJournal':
        node.records.splice(0, node.records.filter(({ position }) => position <= effect.position).length);
        return undefined;
      case 'placed':
        for (const { partition, server } of effect.changes) node.placed.set(partition, server);
        return undefined;
      default:
        runtime(node, effect);
        return undefined;
    }
  }

  /** What a runtime makes of effects about a partition it serves. */
  function runtime(node: Node, effect: MemberEffect): void {
    switch (effect.kind) {
      case 'serve': {
        const before = node.served.get(effect.partition);
        if ((before !== undefined) !== effect.resumed) throw new Error('resumed, or not ceased');
        if (before !== undefined) {
          Object.assign(before, { epoch: effect.epoch, grant: effect.grant });
          loseNone(effect.partition, before);
          return;
        }
        const stored = store.get(effect.partition) ?? { seq: 0, ids: [] };
        const served: Served = {
          epoch: effect.epoch,
          grant: effect.grant,
          ids: [...stored.ids],
          seqs: stored.ids.map(() => 0),
          stableSeq: effect.baseSeq,
        };
        for (const { seq, payload } of effect.entries) if (seq > stored.seq) take(served, seq, payload);
        node.served.set(effect.partition, served);
        if (effect.doubtful) {
          doubtful++;
          // The loss is said; what is left must stay.
          const told = acked.get(effect.partition) ?? [];
          const there = served.ids.filter((id) => told.includes(id));
          acked.set(effect.partition, there);
        } else loseNone(effect.partition, served);
        return;
      }
      case 'resubmit': {
        const served = node.served.get(effect.partition);
        for (const { seq, payload } of effect.entries) if (served !== undefined) take(served, seq, payload);
        return;
      }
      case 'cease':
        node.served.delete(effect.partition);
        return;
      case 'stable':
        stable(node, effect.partition, effect.seq);
        return;
      default:
        return;
    }
  }

  /** What clients were told to be safe is there, in the order in which they were told. */
  function loseNone(partition: number, served: Served): void {
    const told = acked.get(partition) ?? [];
    const there = served.ids.filter((id) => told.includes(id));
    if (told.join() !== there.join()) lost.push(`${partition}: ${told.join()} but ${there.join()}`);
  }

  /** Ids that are known already change nothing. */
  function take(served: Served, seq: number, payload: Uint8Array): void {
    const id = untext.decode(payload);
    if (served.ids.includes(id)) return;
    served.ids.push(id);
    served.seqs.push(seq);
  }

  function stable(node: Node, partition: number, seq: number): void {
    const served = node.served.get(partition);
    if (served === undefined) throw new Error('stable without serve');
    if (seq <= served.stableSeq) throw new Error('stable goes back');
    served.stableSeq = seq;
    const told = acked.get(partition) ?? [];
    served.ids.forEach((id, index) => {
      if ((served.seqs[index] ?? 0) <= seq && !told.includes(id)) told.push(id);
    });
    acked.set(partition, told);
  }

  /** Writes what is stable to the store, and says so. */
  function persist(name: string, partition: number): void {
    const served = nodeOf(name).served.get(partition);
    if (served === undefined) return;
    const ids = served.ids.filter((_, index) => (served.seqs[index] ?? 0) <= served.stableSeq);
    // A late write of an older server: numbers rise over epochs, so the store can tell.
    if ((store.get(partition)?.seq ?? 0) <= served.stableSeq)
      store.set(partition, { seq: served.stableSeq, ids });
    give(name, { kind: 'released', partition, seq: served.stableSeq });
  }

  function flushAll(): void {
    for (const [name, { member }] of nodes) {
      if (member !== undefined && !frozen.has(name)) carryOut(name, flushMember(member, nowMs));
    }
  }

  function deliver(): void {
    const due = flying.filter(({ atMs }) => atMs <= nowMs).sort((one, other) => one.atMs - other.atMs);
    flying = flying.filter(({ atMs }) => atMs > nowMs);
    for (const { from, to, message } of due) {
      if (frozen.has(to)) flying.push({ atMs: nowMs + 1, from, to, message });
      else if (isUp(to) && !isCut(from.name, to)) give(to, { kind: 'peerMessage', from, message });
    }
  }

  /** Lets time pass, a millisecond at a time. */
  function run(forMs: number): void {
    for (let passed = 0; passed < forMs; passed++) {
      nowMs++;
      deliver();
      if (nowMs % 25 === 0) {
        for (const name of nodes.keys()) {
          if (!isUp(name) || frozen.has(name)) continue;
          give(name, { kind: 'alive', peers: aliveFor(name) });
          give(name, { kind: 'tick' });
        }
      }
      flushAll();
      checkServers();
    }
  }

  function runUntil(what: string, isSo: () => boolean, withinMs = 20_000): number {
    const sinceMs = nowMs;
    while (!isSo()) {
      if (nowMs - sinceMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}\n${describe()}`);
      run(1);
    }
    return nowMs - sinceMs;
  }

  /** At most one process serves a partition with a valid lease. */
  function checkServers(): void {
    for (let partition = 0; partition < partitionCount; partition++) {
      const serving = [...nodes.values()].filter(
        ({ member, served }) =>
          member !== undefined &&
          served.has(partition) &&
          member.partitions.services.has(partition) &&
          member.view.leaseUntilMs > nowMs,
      );
      if (serving.length > 1) throw new Error(`two servers of ${partition} at ${nowMs}`);
    }
  }

  function serverOf(partition: number): string | undefined {
    return [...nodes.values()].find(({ member }) => member?.partitions.services.has(partition) === true)
      ?.identity.name;
  }

  let nextId = 0;
  /** An input of a client, given to whoever serves. Undefined when it is refused. */
  function input(partition: number, bytes = 0): string | undefined {
    const name = serverOf(partition);
    if (name === undefined) return undefined;
    const node = nodeOf(name);
    const id = `i${++nextId}`.padEnd(bytes, ' ');
    const payload = text.encode(id);
    const made = appendInput(node.member as MemberState, partition, payload, nowMs);
    if (!made.ok) return undefined;
    const served = node.served.get(partition) as Served;
    served.ids.push(id);
    served.seqs.push(made.seq);
    return id;
  }

  function status(name: string) {
    return memberStatus(nodeOf(name).member as MemberState, nowMs);
  }

  function upNames(): string[] {
    return [...nodes.keys()].filter(isUp);
  }

  /**
   * Every partition is served once, has a copy elsewhere, and is where the ring wants it; nothing is under
   * way.
   */
  function isHealthy(): boolean {
    const all = upNames().map((name) => status(name));
    const served = all.reduce((sum, { partitions }) => sum + partitions.served, 0);
    return (
      served === partitionCount &&
      all.every(({ serving, partitions }) => {
        const { underReplicated, moving, unplaced, undecided } = partitions;
        return serving.ok && underReplicated + moving + unplaced + undecided === 0;
      }) &&
      upNames().every((name) => nodeOf(name).placed.size === partitionCount) &&
      isSettled()
    );
  }

  function isSettled(): boolean {
    return upNames().every((name) => {
      const { services, ring } = (nodeOf(name).member as MemberState).partitions;
      return [...services.values()].every(
        ({ partition, copies }) =>
          ring?.orders[partition]?.[0] === name && copies.length === 1 && copies[0]?.phase === 'sync',
      );
    });
  }

  function describe(): string {
    return upNames()
      .map((name) => {
        const { serving, view, partitions } = status(name);
        return JSON.stringify({ name, serving, epoch: view.view?.epoch, ...partitions });
      })
      .join('\n');
  }

  for (const name of names) start(name);
  return {
    acked,
    lost,
    store,
    partitionCount,
    now: () => nowMs,
    doubtful: () => doubtful,
    start,
    kill,
    wipe,
    isUp,
    inputOf: (partition: number, bytes: number) => input(partition, bytes),
    /** Messages between the two are lost, while others still see both. */
    cutMessages: (one: string, other: string) => cutLinks.add(`${one} ${other}`).add(`${other} ${one}`),
    cutOneWay: (from: string, to: string) => cutLinks.add(`${from} ${to}`),
    mendMessages: () => cutLinks.clear(),
    cut: (one: string, other: string) => cuts.add(`${one} ${other}`),
    mend: () => cuts.clear(),
    freeze: (name: string) => frozen.add(name),
    hang: (name: string) => {
      frozen.add(name);
      hungSinceMs.set(name, nowMs);
    },
    thaw: (name: string) => {
      hungSinceMs.delete(name);
      return frozen.delete(name);
    },
    flyingCount: () => flying.length,
    give,
    run,
    runUntil,
    input: (partition: number) => input(partition),
    persist,
    serverOf,
    status,
    isHealthy,
    describe,
    nodeOf,
    upNames,
    effects: (name: string) => nodeOf(name).log,
    ackedCount: () => [...acked.values()].reduce((sum, ids) => sum + ids.length, 0),
  };
}
