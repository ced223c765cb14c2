/**
 * All other nodes of the cluster, by name: machines' messages, commands with their replies, pushes to
 * browsers that are connected elsewhere, and documents. Nothing here throws on sending; what was dropped is
 * told.
 */
import type { NodeIdentity } from '../../cluster/identity.js';
import type { PeerMessage } from '../../cluster/member/index.js';
import { type PeerTls, peerCredentials } from './credentials.js';
import { proofOf } from './identity-proof.js';
import { type Link, openLink } from './link.js';
import {
  type CommandFrame,
  type HelloFrame,
  type InterestFrame,
  peersService,
  protocolRange,
  type ProtocolRange,
  type PushFrame,
  type ReplyFrame,
} from './protocol.js';
import { listenForPeers, type PeerListeners } from './server.js';
import { countBytes, type WireBytes } from './wire-bytes.js';

export interface PeerAddress {
  name: string;
  host: string;
  port: number;
}

export interface PeersOptions extends PeerListeners {
  self: NodeIdentity;
  clusterApplication: string;
  host: string;
  port: number;
  /** All other configured nodes. */
  others: readonly PeerAddress[];
  keys: readonly string[];
  tls: PeerTls | undefined;
  /** Other than this release's, in tests of the next one. */
  protocol?: ProtocolRange;
  /** The stream to a node opened or broke. */
  onReach(name: string, isUp: boolean, reason?: string): void;
}

/**
 * How a command ended on the way: an answer; never sent, for want of a stream or of room; or sent, and then
 * nothing was heard in time.
 */
export type CommandEnd =
  { kind: 'reply'; reply: ReplyFrame } | { kind: 'unsent' } | { kind: 'unreachable' } | { kind: 'full' };

export interface Peers {
  send(to: string, message: PeerMessage): void;
  /** Calls `done` once: with the reply, or when there will be none. `leftMs` bounds the wait. */
  command(to: string, command: Omit<CommandFrame, 'id'>, done: (end: CommandEnd) => void): void;
  push(to: string, push: PushFrame): void;
  interest(to: string, interest: InterestFrame): void;
  documents(to: string, bytes: Uint8Array): void;
  isReachable(name: string): boolean;
  readonly port: number;
  readonly figures: PeerFigures;
  close(): void;
}

export interface PeerFigures {
  waitingBytes: number;
  dropped: number;
  commandsUnderWay: number;
  sentBytes: number;
  receivedBytes: number;
}

interface Pending {
  to: string;
  expiresMs: number;
  done(end: CommandEnd): void;
}

const expiryIntervalMs = 100;

/** Listens, and calls the others. Rejects with `AppError` when the port or a certificate cannot be had. */
export async function openPeers(options: PeersOptions): Promise<Peers> {
  const { self, keys, others, protocol = protocolRange } = options;
  const credentials = peerCredentials(options.tls, [options.host, ...others.map(({ host }) => host)]);
  const links = new Map<string, Link>();
  const pending = new Map<number, Pending>();
  const bytes: WireBytes = { sent: 0, received: 0 };
  const service = countBytes(peersService(), bytes);
  let nextId = 1;

  const hello = (called: string): HelloFrame => ({
    identity: self,
    clusterApplication: options.clusterApplication,
    protocolMin: protocol.min,
    protocolMax: protocol.max,
    proof: proofOf(keys, self, called),
  });

  function settle(id: number, end: CommandEnd): void {
    const waiting = pending.get(id);
    if (waiting === undefined) return;
    pending.delete(id);
    waiting.done(end);
  }

  function lost(name: string): void {
    for (const [id, { to }] of [...pending]) if (to === name) settle(id, { kind: 'unreachable' });
  }

  const incoming = await listenForPeers({
    ...options,
    credentials,
    service,
    names: [self.name, ...others.map(({ name }) => name)],
    protocol,
    hello,
  });
  for (const { name, host, port } of others) {
    const link = openLink({
      name,
      address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      credentials: credentials.channel,
      certificateName: credentials.isSecure ? name : undefined,
      service,
      hello: () => hello(name),
      onReply: (reply) => settle(reply.id, { kind: 'reply', reply }),
      onUp: () => options.onReach(name, true),
      onDown(reason) {
        lost(name);
        options.onReach(name, false, reason);
      },
    });
    links.set(name, link);
  }
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const [id, { expiresMs }] of [...pending]) {
      if (expiresMs <= nowMs) settle(id, { kind: 'unreachable' });
    }
  }, expiryIntervalMs);

  return {
    port: incoming.port,
    send(to, message) {
      const link = links.get(to);
      if (link?.isUp === true) link.outbox.add({ part: 'messages', value: message });
    },
    command(to, command, done) {
      const link = links.get(to);
      if (link?.isUp !== true) {
        done({ kind: 'unsent' });
        return;
      }
      const id = nextId++;
      pending.set(id, { to, expiresMs: performance.now() + command.leftMs, done });
      if (!link.outbox.add({ part: 'commands', value: { ...command, id } })) settle(id, { kind: 'full' });
    },
    push: (to, push) => void links.get(to)?.outbox.add({ part: 'pushes', value: push }),
    interest: (to, interest) => void links.get(to)?.outbox.add({ part: 'interests', value: interest }),
    documents: (to, bytes) => void links.get(to)?.outbox.add({ part: 'documents', value: bytes }),
    isReachable: (name) => links.get(name)?.isUp === true,
    get figures() {
      const boxes = [...links.values()].map(({ outbox }) => outbox);
      return {
        waitingBytes: boxes.reduce((sum, box) => sum + box.waitingBytes, 0),
        dropped: boxes.reduce((sum, box) => sum + box.dropped, 0),
        commandsUnderWay: pending.size,
        sentBytes: bytes.sent,
        receivedBytes: bytes.received,
      };
    },
    close() {
      clearInterval(timer);
      for (const link of links.values()) link.close();
      incoming.close();
      for (const id of [...pending.keys()]) settle(id, { kind: 'unreachable' });
    },
  };
}
