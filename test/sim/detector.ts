// The failure detector of each node as its machine sees it: who answers, with the delay that noticing takes.
// It lives in a thread of its own, so a stalled main loop goes on answering until it counts as hung.
import type { NodeIdentity } from '../../src/cluster/identity.js';
import { feed, type NodeWorld, type SimProcess } from './node.js';

export interface DetectorTimes {
  /** Unanswered for so long: dead. */
  deadMs: number;
  sampleMs: number;
  /** Whether a dead link counts although other nodes still reach the peer. */
  seesLinks: boolean;
}

export interface Detector {
  watch(process: SimProcess): void;
  /** Until then `by` holds `peer` for dead, whatever is true. */
  doubt(by: string, peer: string, untilMs: number): void;
  /** Until then a dead link between the two goes unnoticed as long as other nodes reach both. */
  overlook(one: string, other: string, untilMs: number): void;
  calm(): void;
}

export function createDetector(world: NodeWorld, times: DetectorTimes): Detector {
  const doubts = new Map<string, number>();
  const overlooked = new Map<string, number>();

  function answers(process: SimProcess, peer: SimProcess): boolean {
    const nowMs = world.scheduler.nowMs;
    if ((doubts.get(`${process.self.name}>${peer.self.name}`) ?? 0) > nowMs) return false;
    if (nowMs < peer.stoppedUntilMs || nowMs < process.stoppedUntilMs) return false;
    const hungSinceMs = peer.stalledUntilMs > nowMs ? (stallStarts.get(peer) ?? nowMs) : nowMs;
    if (nowMs - hungSinceMs > world.settings.hangMs) return false;
    return reaches(process.self.name, peer.self.name);
  }

  function reaches(one: string, other: string): boolean {
    const { network } = world;
    if (!network.isCut(one, other) && !network.isCut(other, one)) return true;
    const isOverlooked = (overlooked.get([one, other].sort().join()) ?? 0) > world.scheduler.nowMs;
    if (times.seesLinks && !isOverlooked) return false;
    return [...world.nodes.keys()].some(
      (via) =>
        via !== one &&
        via !== other &&
        world.nodes.get(via)?.process !== undefined &&
        [one, other].every((end) => !network.isCut(end, via) && !network.isCut(via, end)),
    );
  }

  const stallStarts = new Map<SimProcess, number>();

  function noteStall(process: SimProcess): void {
    const nowMs = world.scheduler.nowMs;
    if (process.stalledUntilMs <= nowMs) stallStarts.delete(process);
    else if (!stallStarts.has(process)) stallStarts.set(process, nowMs);
  }

  return {
    watch(process) {
      const lastAnswerMs = new Map<string, { boot: string; atMs: number; identity: NodeIdentity }>();
      let told = '';
      const sample = () => {
        if (!process.isUp) return;
        const nowMs = world.scheduler.nowMs;
        noteStall(process);
        for (const { process: peer } of world.nodes.values()) {
          if (peer === undefined || peer === process) continue;
          noteStall(peer);
          if (!answers(process, peer)) continue;
          lastAnswerMs.set(peer.self.name, { boot: peer.self.boot, atMs: nowMs, identity: peer.self });
        }
        const alive = [...lastAnswerMs.values()].filter(({ atMs }) => nowMs - atMs <= times.deadMs);
        const text = alive.map(({ identity }) => `${identity.name} ${identity.boot}`).join();
        if (text !== told) {
          told = text;
          feed(world, process, { kind: 'alive', peers: alive.map(({ identity }) => identity) });
        }
        world.scheduler.after(times.sampleMs * (0.8 + world.random.fraction() * 0.4), sample);
      };
      world.scheduler.after(world.random.fraction() * times.sampleMs, sample);
    },
    doubt(by, peer, untilMs) {
      doubts.set(`${by}>${peer}`, untilMs);
    },
    overlook(one, other, untilMs) {
      overlooked.set([one, other].sort().join(), untilMs);
    },
    calm: () => doubts.clear(),
  };
}
