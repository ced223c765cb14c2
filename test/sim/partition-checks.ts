// What the partitions of a whole cluster look like to an all-seeing observer: whether copies equal their
// server, and why they have not come to rest.
import { memberStatus, type MemberState } from '../../src/cluster/member/index.js';
import { forEachEntry, type Log } from '../../src/cluster/replication/log.js';
import { backupOf, ownerOf } from '../../src/cluster/ring/index.js';
import type { SimNode } from './node.js';
import { Violation } from './view-checks.js';

function membersOf(nodes: readonly SimNode[]): { name: string; member: MemberState; localMs: number }[] {
  return nodes.flatMap(({ name, process }) => {
    const member = process?.machine.member;
    return process === undefined || member === undefined
      ? []
      : [{ name, member, localMs: process.localMs() }];
  });
}

/** Throws when a full copy of a served epoch has another entry under some number than its server. */
export function checkCopies(nodes: readonly SimNode[]): void {
  const members = membersOf(nodes);
  for (const { name: server, member } of members) {
    for (const service of member.partitions.services.values()) {
      for (const { name, member: other } of members) {
        const copy = other.partitions.partitions[service.partition]?.copy;
        if (name === server || copy?.epoch !== service.epoch) continue;
        compareLogs(server, service.log, name, copy.log, service.partition);
      }
    }
  }
}

function compareLogs(server: string, log: Log, holder: string, copy: Log, partition: number): void {
  const entries = new Map<number, Uint8Array>();
  forEachEntry(log.segments, (seq, payload) => entries.set(seq, payload));
  forEachEntry(copy.segments, (seq, payload) => {
    const own = entries.get(seq);
    if (seq <= log.baseSeq || own === payload) return;
    if (own !== undefined && String(own) === String(payload)) return;
    throw new Violation(
      `copies: ${holder} has another entry ${seq} of partition ${partition} than its server ${server}`,
    );
  });
}

/** Undefined when each partition is served where the ring wants it, and backed up, with nothing under way. */
export function whyPartitionsUnsettled(nodes: readonly SimNode[]): string | undefined {
  const members = membersOf(nodes);
  for (const { name, member, localMs } of members) {
    const { partitions } = memberStatus(member, localMs);
    const { undecided, unplaced, moving, underReplicated, copiesFilling, orphans } = partitions;
    if (undecided > 0) return `${name} has not decided on ${undecided} partitions`;
    if (unplaced > 0) return `${name} knows no server of ${unplaced} partitions`;
    if (moving > 0 || copiesFilling > 0)
      return `${name} moves ${moving} partitions and fills ${copiesFilling} copies`;
    if (underReplicated > 0 && members.length > 1)
      return `${name} serves ${underReplicated} partitions without a copy`;
    if (orphans > 0) return `${name} has ${orphans} inputs to give again`;
    const { ring, services } = member.partitions;
    if (ring === undefined) return `${name} has no ring`;
    for (const { partition, copies } of services.values()) {
      const owner = ownerOf(ring, partition);
      if (owner !== name) return `${name} serves partition ${partition} of ${owner}`;
      const backup = backupOf(ring, partition, name);
      if (backup !== undefined && !copies.some(({ node, phase }) => node === backup && phase === 'sync')) {
        return `partition ${partition} has no copy on ${backup}`;
      }
    }
  }
  return undefined;
}
