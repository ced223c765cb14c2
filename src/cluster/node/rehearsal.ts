/**
 * A new view waits for the slowest of its members, and a process that does all this for the first time takes
 * several times as long as one that has done it before. So a node plays a change of views through before it
 * calls anybody: a small cluster in memory, every message in the encoding of the wire.
 */
import type { NodeIdentity, NodeName } from '../identity.js';
import {
  appendInput,
  createMember,
  flushMember,
  type MemberEffect,
  type MemberInput,
  type MemberState,
  memberStatus,
  type PeerMessage,
  stepMember,
} from '../member/index.js';
import { foreseeRings } from '../ring/index.js';
import type { ClusterSettings } from '../settings.js';

export interface RehearsalOptions {
  settings: ClusterSettings;
  /** The nodes of the configuration, whose rings are made ready too. */
  names: readonly NodeName[];
  /** What the other side makes of a message. */
  throughWire(message: PeerMessage): PeerMessage;
}

interface Player {
  identity: NodeIdentity;
  member: MemberState;
}

const cast = ['first', 'second', 'third'];
/** Enough for the code to be warm: more take longer and gain little. */
const partitionsMax = 128;
const handOffsWanted = 8;
const payloadBytes = 300;
const turnMs = 25;
/** Virtual time after which a scene is over, however far it has come. */
const sceneMs = 10_000;

/** Returns how many partitions were handed over, so that a test can see the play reach its end. */
export function rehearse(options: RehearsalOptions): number {
  foreseeRings(options.names, options.settings.partitionCount);
  const partitionCount = Math.min(options.settings.partitionCount, partitionsMax);
  const stage = createStage({ ...options.settings, partitionCount }, options.throughWire);
  for (const name of cast) stage.enter(name, 1);
  stage.playUntil(() => stage.isSettled());
  stage.receiveVisitors();
  // One of them starts anew: it is given copies, and then what it is to serve.
  stage.enter('third', 2);
  stage.playUntil(() => stage.handOffs() >= handOffsWanted);
  return stage.handOffs();
}

function createStage(settings: ClusterSettings, throughWire: RehearsalOptions['throughWire']) {
  const players = new Map<NodeName, Player>();
  const flying: { from: NodeIdentity; to: NodeName; message: PeerMessage }[] = [];
  let nowMs = 0;

  function enter(name: NodeName, boot: number): void {
    const identity = { name, incarnation: name, boot: `${boot}`, host: name };
    const kept = structuredClone(players.get(name)?.member.view.kept);
    const member = createMember({ self: identity, settings, configured: cast, kept, journal: [], nowMs });
    players.set(name, { identity, member });
  }

  function carryOut(player: Player, effects: readonly MemberEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'send') {
        flying.push({ from: player.identity, to: effect.to, message: throughWire(effect.message) });
      } else if (effect.kind === 'keepState') give(player, { kind: 'stateKept', ticket: effect.ticket });
      else if (effect.kind === 'journal') give(player, { kind: 'journalKept', position: effect.position });
    }
  }

  function give(player: Player, input: MemberInput): void {
    carryOut(player, stepMember(player.member, input, nowMs));
  }

  function takeTurns(): void {
    nowMs += turnMs;
    const identities = [...players.values()].map(({ identity }) => identity);
    for (const player of players.values()) {
      give(player, { kind: 'alive', peers: identities.filter((peer) => peer !== player.identity) });
      give(player, { kind: 'tick' });
      carryOut(player, flushMember(player.member, nowMs));
    }
    for (let sent = flying.splice(0); sent.length > 0; sent = flying.splice(0)) {
      for (const { from, to, message } of sent) {
        const player = players.get(to);
        if (player !== undefined) give(player, { kind: 'peerMessage', from, message });
      }
      for (const player of players.values()) carryOut(player, flushMember(player.member, nowMs));
    }
  }

  return {
    enter,
    playUntil(isOver: () => boolean): void {
      const endMs = nowMs + sceneMs;
      while (!isOver() && nowMs < endMs) takeTurns();
    },
    isSettled: (): boolean =>
      [...players.values()].every(({ member }) => {
        const { serving, partitions } = memberStatus(member, nowMs);
        const { underReplicated, moving, unplaced, undecided } = partitions;
        return serving.ok && underReplicated + moving + unplaced + undecided === 0;
      }),
    receiveVisitors(): void {
      for (const { member } of players.values()) {
        for (const partition of member.partitions.services.keys()) {
          appendInput(member, partition, new Uint8Array(payloadBytes), nowMs);
        }
      }
    },
    handOffs: (): number =>
      [...players.values()].reduce((sum, { member }) => sum + member.partitions.totals.handOffs, 0),
  };
}
