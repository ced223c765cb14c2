/**
 * What replication costs: three members in one process, `--burst` inputs of `--bytes` bytes for each turn
 * of the event loop, over all partitions that the first one serves, until they are stable. Messages are
 * handed over as they are, so the wire is not in it. Prints one line.
 */
import { parseArgs } from 'node:util';
import type { NodeIdentity } from '../../src/cluster/identity.js';
import {
  appendInput,
  createMember,
  flushMember,
  stepMember,
  type MemberEffect,
  type MemberState,
  type PeerMessage,
} from '../../src/cluster/member/index.js';
import { defaultClusterSettings } from '../../src/cluster/settings.js';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    burst: { type: 'string', default: '200' },
    bytes: { type: 'string', default: '600' },
  },
});
const inputs = values.size === 'smoke' ? 20_000 : 1_000_000;
const burst = Number(values.burst);
const names = ['a', 'b', 'c'];

interface Node {
  identity: NodeIdentity;
  member: MemberState;
  served: number[];
}

let nowMs = 1_000;
let payloadBytes = 0;
let rows = 0;
let messages = 0;
let stable = 0;
const latest = new Map<number, number>();
const nodes = new Map<string, Node>();
const flying: { from: NodeIdentity; to: string; message: PeerMessage }[] = [];

function carryOut(node: Node, effects: MemberEffect[]): void {
  for (const effect of effects) {
    switch (effect.kind) {
      case 'send':
        flying.push({ from: node.identity, to: effect.to, message: effect.message });
        count(effect.message);
        break;
      case 'keepState':
        carryOut(node, stepMember(node.member, { kind: 'stateKept', ticket: effect.ticket }, nowMs));
        break;
      case 'journal':
        carryOut(node, stepMember(node.member, { kind: 'journalKept', position: effect.position }, nowMs));
        break;
      case 'serve':
        node.served.push(effect.partition);
        break;
      case 'stable':
        stable++;
        latest.set(effect.partition, effect.seq);
        break;
      default:
    }
  }
}

function count(message: PeerMessage): void {
  if (message.kind === 'acks') rows += message.acks.length;
  if (message.kind !== 'frames') return;
  messages++;
  rows += message.batches.length;
  for (const { payloads } of message.batches) for (const { length } of payloads) payloadBytes += length;
}

function turn(): void {
  for (const node of nodes.values()) carryOut(node, flushMember(node.member, nowMs));
  for (const { from, to, message } of flying.splice(0)) {
    const node = nodes.get(to) as Node;
    carryOut(node, stepMember(node.member, { kind: 'peerMessage', from, message }, nowMs));
  }
}

function tick(): void {
  nowMs += 25;
  for (const node of nodes.values()) {
    const peers = [...nodes.values()].filter((other) => other !== node).map(({ identity }) => identity);
    carryOut(node, stepMember(node.member, { kind: 'alive', peers }, nowMs));
    carryOut(node, stepMember(node.member, { kind: 'tick' }, nowMs));
  }
  turn();
}

for (const name of names) {
  const identity = { name, incarnation: `${name}1`, boot: `${name}1`, host: name };
  const settings = { ...defaultClusterSettings, logBytesMax: 2 ** 30, journalBytesMax: 2 ** 31 };
  const options = { self: identity, settings, configured: names, kept: undefined, journal: [], nowMs };
  nodes.set(name, { identity, member: createMember(options), served: [] });
}
const first = nodes.get('a') as Node;
for (let round = 0; round < 400; round++) tick();
payloadBytes = 0;
messages = 0;
rows = 0;
stable = 0;

const payload = new Uint8Array(Number(values.bytes)).fill(7);
const served = first.served;
let appendUs = 0;
const usedBefore = process.cpuUsage();
for (let sent = 0; sent < inputs;) {
  const began = process.cpuUsage();
  for (let index = 0; index < burst; index++, sent++) {
    const made = appendInput(first.member, served[(sent * 7) % served.length] as number, payload, nowMs);
    if (!made.ok) throw new Error(`an input was refused: ${made.reason}`);
  }
  const spent = process.cpuUsage(began);
  appendUs += spent.user + spent.system;
  turn();
  turn();
  turn();
  if (sent % (burst * 50) === 0) {
    for (const [partition, seq] of latest) {
      carryOut(first, stepMember(first.member, { kind: 'released', partition, seq }, nowMs));
    }
    tick();
  }
}
for (let round = 0; round < 4; round++) turn();
const used = process.cpuUsage(usedBefore);
const perInputNs = ((used.user + used.system) * 1_000) / inputs;
console.log(
  `replication: ${((appendUs * 1_000) / inputs).toFixed(0)} ns to append, ` +
    `${perInputNs.toFixed(0)} ns of CPU for ` +
    'append, flush, copy, acknowledgement and stable together, ' +
    `over ${served.length} partitions in bursts of ${burst}; ` +
    `${(payloadBytes / inputs).toFixed(0)} payload bytes and ${(rows / inputs).toFixed(2)} rows per input, ` +
    `${messages} messages, ${stable} stable marks for ${inputs} inputs`,
);
