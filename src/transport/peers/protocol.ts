/** The service of `proto/beckon/v1/peers.proto`, loaded once, and its frames as this code sees them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ClientDuplexStream,
  type ClientOptions,
  type ChannelCredentials,
  type Client,
  loadPackageDefinition,
  type Metadata,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { AppError } from '../../base/index.js';
import type { NodeIdentity } from '../../cluster/identity.js';
import type { PeerMessage } from '../../cluster/member/index.js';

/** The versions of the protocol between nodes that this release speaks. */
export interface ProtocolRange {
  min: number;
  max: number;
}

export const protocolRange: ProtocolRange = { min: 1, max: 1 };

export interface HelloFrame {
  identity: NodeIdentity;
  clusterApplication: string;
  protocolMin: number;
  protocolMax: number;
  proof: Uint8Array;
}

/** What a node asks of another; the answer is a `ReplyFrame` with the same id. */
export interface CommandFrame {
  id: number;
  what: 'deliver' | 'deliverFresh' | 'query' | 'interaction' | 'node';
  deliver?: Uint8Array;
  deliverFresh?: Uint8Array;
  query?: Uint8Array;
  interaction?: string;
  node?: Uint8Array;
  cell: string;
  leftMs: number;
  hops: number;
}

export interface ReplyFrame {
  id: number;
  outcome: 'value' | 'failure' | 'moved';
  value?: Uint8Array;
  failure?: { code: string; message: string; field: string };
  moved?: string;
}

export interface PushFrame {
  channel: string;
  data: Uint8Array;
}

export interface InterestFrame {
  channel: string;
  listening: boolean;
}

/** One turn of a sender's event loop. Absent parts are empty. */
export interface PeerFrame {
  hello?: HelloFrame | null;
  messages?: WireMessage[];
  commands?: CommandFrame[];
  replies?: ReplyFrame[];
  pushes?: PushFrame[];
  interests?: InterestFrame[];
  documents?: Uint8Array[];
}

export interface OperatorRequest {
  command: string;
  proof: Uint8Array;
  at: number;
}

export interface OperatorAnswer {
  ok: boolean;
  text: string;
  data: string;
}

/** A union of the wire: the field named by `kind` is there. */
export type WireMessage = { kind: string } & Record<string, unknown>;

export function toWire(message: PeerMessage): WireMessage {
  return { kind: message.kind, [message.kind]: message };
}

/** Undefined for a kind that this release does not know. */
export function fromWire(wire: WireMessage): PeerMessage | undefined {
  const body = wire[wire.kind];
  if (typeof body !== 'object' || body === null) return undefined;
  const message = body as Record<string, unknown>;
  // The wire has no absent records, only null ones.
  for (const name in message) if (message[name] === null) Reflect.deleteProperty(message, name);
  return Object.assign(message, { kind: wire.kind }) as unknown as PeerMessage;
}

export type ExchangeCall = ClientDuplexStream<PeerFrame, PeerFrame>;

export interface PeersClient extends Client {
  Exchange(metadata: Metadata): ExchangeCall;
  Operate(
    request: OperatorRequest,
    options: { deadline: number },
    done: (error: Error | null, answer?: OperatorAnswer) => void,
  ): void;
}

interface PeersConstructor {
  new (address: string, credentials: ChannelCredentials, options?: ClientOptions): PeersClient;
  service: ServiceDefinition;
}

const protoFile = 'beckon/v1/peers.proto';

function protoFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'proto', protoFile))) return join(folder, 'proto');
    if (folder === dirname(folder)) throw new AppError('INTERNAL', `proto/${protoFile} is missing`);
  }
}

let loaded: PeersConstructor | undefined;

export function peersService(): PeersConstructor {
  if (loaded !== undefined) return loaded;
  const definition = loadSync(protoFile, {
    includeDirs: [protoFolder()],
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
  const root = loadPackageDefinition(definition) as unknown as {
    beckon: { v1: { Peers: PeersConstructor } };
  };
  loaded = root.beckon.v1.Peers;
  return loaded;
}

/** Largest frame taken; a sender stays far below it. */
export const frameBytesMax = 32 * 1024 * 1024;
