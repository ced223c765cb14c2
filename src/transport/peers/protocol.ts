/** The service of `proto/beckon/v1/peers.proto`, loaded once, and its frames as this code sees them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClientDuplexStream, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { AppError } from '../../base/index.js';
import type { PeerMessage } from '../../cluster/member/index.js';
import type { Command } from './generated/beckon/v1/Command.js';
import type { Hello } from './generated/beckon/v1/Hello.js';
import type { Interest } from './generated/beckon/v1/Interest.js';
import type { PeerFrame as AnyFrame } from './generated/beckon/v1/PeerFrame.js';
import type { PeerMessage as AnyMessage } from './generated/beckon/v1/PeerMessage.js';
import type { Push } from './generated/beckon/v1/Push.js';
import type { Reply } from './generated/beckon/v1/Reply.js';
import type { ProtoGrpcType } from './generated/peers.js';
import { type WireCheck, wireCheck } from './wire-check.js';

/** The versions of the protocol between nodes that this release speaks. */
export interface ProtocolRange {
  min: number;
  max: number;
}

export const protocolRange: ProtocolRange = { min: 1, max: 1 };

/**
 * A generated type as a program handles it: bytes may be any bytes, and the records that a message needs are
 * there, which `wireCheck` holds.
 */
export type Wire<Type> = Type extends Uint8Array
  ? Uint8Array
  : Type extends (infer Item)[]
    ? Wire<Item>[]
    : Type extends object
      ? { [Field in keyof Type]: Wire<NonNullable<Type[Field]>> }
      : Type;

/** A union of the wire whose field that says which one it is has been read. */
type Told<Type, Field extends keyof Type> = Omit<Type, Field> & {
  [Name in Field]-?: NonNullable<Type[Name]>;
};

export type HelloFrame = Wire<Hello>;

/** What a node asks of another; the answer is a `ReplyFrame` with the same id. */
export type CommandFrame = Told<Wire<Command>, 'what'>;
export type ReplyFrame = Told<Wire<Reply>, 'outcome'>;
export type PushFrame = Wire<Push>;
export type InterestFrame = Wire<Interest>;

/** One turn of a sender's event loop. Absent parts are empty. */
export type PeerFrame = Partial<Omit<Wire<AnyFrame>, 'messages' | 'commands' | 'replies'>> & {
  messages?: WireMessage[];
  commands?: CommandFrame[];
  replies?: ReplyFrame[];
};

/** The same, as it comes from the wire: what it says is not looked at yet. */
export type TakenFrame = AnyFrame;

/** A union of the wire: the field named by `kind` is there. */
export type WireMessage = Pick<Wire<AnyMessage>, 'kind'>;

export function toWire(message: PeerMessage): WireMessage {
  return { kind: message.kind, [message.kind]: message };
}

/** What a peer said: a message, why it is none, or something that this release does not know. */
export type TakenMessage =
  { is: 'message'; message: PeerMessage } | { is: 'wrong'; reason: string } | { is: 'unknown' };

const unknown: TakenMessage = { is: 'unknown' };

export function fromWire(wire: AnyMessage): TakenMessage {
  const { kind } = wire;
  const body = kind === undefined ? undefined : wire[kind];
  if (kind === undefined || body === null || body === undefined) return unknown;
  const reason = definition().checkMessage(wire);
  if (reason !== undefined) return { is: 'wrong', reason };
  const message = body as unknown as Record<string, unknown>;
  // The wire has no absent records, only null ones, and marks of those that may be absent.
  for (const name in message) {
    if (message[name] === null || name.startsWith('_')) Reflect.deleteProperty(message, name);
  }
  return { is: 'message', message: Object.assign(message, { kind }) as unknown as PeerMessage };
}

/** What the other side makes of a message. */
export function throughWire(message: PeerMessage): PeerMessage {
  const { requestSerialize, requestDeserialize } = peersService().service.Exchange;
  const { messages } = requestDeserialize(requestSerialize({ messages: [toWire(message)] }));
  const [taken] = messages.map(fromWire);
  if (taken?.is !== 'message') throw new AppError('INTERNAL', `${message.kind} does not survive the wire.`);
  return taken.message;
}

/** Why this is no greeting; undefined when it is one. */
export function whyNoHello(hello: Hello | null): string | undefined {
  return hello === null ? 'no greeting' : definition().checkHello(hello);
}

export type ExchangeCall = ClientDuplexStream<PeerFrame, TakenFrame>;

const protoFile = 'beckon/v1/peers.proto';

function protoFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'proto', protoFile))) return join(folder, 'proto');
    if (folder === dirname(folder)) throw new AppError('INTERNAL', `proto/${protoFile} is missing`);
  }
}

interface Definition {
  Peers: ProtoGrpcType['beckon']['v1']['Peers'];
  checkMessage: WireCheck;
  checkHello: WireCheck;
}

let loaded: Definition | undefined;

function definition(): Definition {
  if (loaded !== undefined) return loaded;
  const messages: PackageDefinition = loadSync(protoFile, {
    includeDirs: [protoFolder()],
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
  const root = loadPackageDefinition(messages) as unknown as ProtoGrpcType;
  loaded = {
    Peers: root.beckon.v1.Peers,
    checkMessage: wireCheck(messages, 'beckon.v1.PeerMessage'),
    checkHello: wireCheck(messages, 'beckon.v1.Hello'),
  };
  return loaded;
}

export type PeersService = Definition['Peers'];

export function peersService(): PeersService {
  return definition().Peers;
}

/** Largest frame taken; a sender stays far below it. */
export const frameBytesMax = 32 * 1024 * 1024;
