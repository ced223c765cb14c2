/** Takes the streams of other nodes: who they are is proven before anything of theirs is looked at. */
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  Server,
  status,
} from '@grpc/grpc-js';
import { AppError } from '../../base/index.js';
import type { NodeIdentity } from '../../cluster/identity.js';
import type { OperatorCommand, PeerMessage } from '../../cluster/member/index.js';
import type { PeerCredentials } from './credentials.js';
import type { OperatorAnswer } from './generated/beckon/v1/OperatorAnswer.js';
import type { OperatorRequest } from './generated/beckon/v1/OperatorRequest.js';
import { isProven } from './identity-proof.js';
import { provenCommand } from './operate.js';
import {
  type CommandFrame,
  frameBytesMax,
  fromWire,
  type HelloFrame,
  type InterestFrame,
  type PeerFrame,
  type PeersService,
  type ProtocolRange,
  type PushFrame,
  type ReplyFrame,
  type TakenFrame,
  whyNoHello,
} from './protocol.js';

/** What other nodes sent, once it is proven who they are. */
export interface PeerListeners {
  onMessage(from: NodeIdentity, message: PeerMessage): void;
  onCommand(from: NodeIdentity, command: CommandFrame, reply: (reply: ReplyFrame) => void): void;
  onPush(push: PushFrame): void;
  onInterests(from: NodeIdentity, interests: readonly InterestFrame[]): void;
  onDocuments(from: NodeIdentity, bytes: Uint8Array): void;
  onOperator(command: OperatorCommand): Promise<{ ok: boolean; text: string; data?: unknown }>;
  /** Somebody was turned away. */
  onRefused(from: string, reason: string): void;
}

export interface IncomingOptions extends PeerListeners {
  host: string;
  port: number;
  credentials: PeerCredentials;
  service: PeersService;
  clusterApplication: string;
  /** Names of all configured nodes. */
  names: readonly string[];
  self: NodeIdentity;
  keys: readonly string[];
  protocol: ProtocolRange;
  hello(called: string): HelloFrame;
}

export interface Incoming {
  readonly port: number;
  close(): void;
}

type Stream = ServerDuplexStream<TakenFrame, PeerFrame>;

/** Replies waiting for one slow caller; more are dropped, and the caller's own time limit ends its wait. */
const repliesWaitingMax = 100_000;
const helloTimeoutMs = 5_000;
const reasonsMax = 20;

/** Resolves when the port is listened on; rejects with `AppError` when it cannot be. */
export async function listenForPeers(options: IncomingOptions): Promise<Incoming> {
  const server = new Server({
    'grpc.max_receive_message_length': frameBytesMax,
    'grpc.max_send_message_length': frameBytesMax,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  const exchange: handleBidiStreamingCall<TakenFrame, PeerFrame> = (stream) => receive(options, stream);
  server.addService(options.service.service, { Exchange: exchange, Operate: operate(options) });
  const { host } = options;
  const address = `${host.includes(':') ? `[${host}]` : host}:${options.port}`;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, options.credentials.server, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new AppError('INTERNAL', `The peers' port ${address} cannot be had: ${error.message}`));
    });
  });
  return { port, close: () => server.forceShutdown() };
}

function operate(options: IncomingOptions): handleUnaryCall<OperatorRequest, OperatorAnswer> {
  return (call, answer) => {
    const command = provenCommand(options.keys, options.self.name, call.request);
    if (command === undefined) {
      options.onRefused(call.getPeer(), 'an operator without the key of the cluster');
      answer({ code: status.PERMISSION_DENIED, details: 'The keys or the clocks differ.' });
      return;
    }
    if (typeof command === 'string') {
      answer({ code: status.INVALID_ARGUMENT, details: command });
      return;
    }
    options.onOperator(command).then(
      ({ ok, text, data }) =>
        answer(null, { ok, text, data: data === undefined ? '' : JSON.stringify(data) }),
      (error: unknown) => answer({ code: status.INTERNAL, details: String(error) }),
    );
  };
}

function receive(options: IncomingOptions, stream: Stream): void {
  let from: NodeIdentity | undefined;
  const replies = createReplies(stream);
  const told = new Set<string>();
  const late = setTimeout(() => refuse('no greeting in time'), helloTimeoutMs);

  function refuse(reason: string): void {
    clearTimeout(late);
    options.onRefused(stream.getPeer(), reason);
    stream.emit('error', { code: status.PERMISSION_DENIED, details: reason });
  }

  /** Each reason is told once, a few of them at most. */
  function refused(reason: string): void {
    if (from === undefined || told.has(reason) || told.size >= reasonsMax) return;
    told.add(reason);
    options.onRefused(from.name, reason);
  }

  stream.on('data', (frame: TakenFrame) => {
    if (from === undefined) {
      const { hello } = frame;
      const reason = whyNoHello(hello) ?? whyNot(options, stream, hello as HelloFrame);
      if (reason !== undefined) {
        refuse(reason);
        return;
      }
      clearTimeout(late);
      from = (hello as HelloFrame).identity;
      stream.write({ hello: options.hello(from.name) });
    }
    take(options, from, frame, replies, refused);
  });
  stream.on('end', () => stream.end());
  stream.on('close', () => clearTimeout(late));
  // The caller notices the same, and calls again.
  stream.on('error', () => clearTimeout(late));
}

function take(
  options: IncomingOptions,
  from: NodeIdentity,
  frame: TakenFrame,
  reply: (reply: ReplyFrame) => void,
  refused: (reason: string) => void,
): void {
  // Who listens here is known before the questions of the same frame are answered.
  if (frame.interests.length > 0) options.onInterests(from, frame.interests);
  for (const wire of frame.messages) {
    const taken = fromWire(wire);
    if (taken.is === 'message') options.onMessage(from, taken.message);
    // It counts as lost on the way: the sender repeats what matters, and may be right the next time.
    else if (taken.is === 'wrong') refused(`a message that is none: ${taken.reason}`);
  }
  for (const command of frame.commands) {
    if (command.what !== undefined) options.onCommand(from, command as CommandFrame, reply);
    else reply({ id: command.id, outcome: 'failure', failure: unknownCommand });
  }
  for (const push of frame.pushes) options.onPush(push);
  for (const bytes of frame.documents) options.onDocuments(from, bytes);
}

/** The answer to what only a later release asks. */
const unknownCommand = { code: 'BAD_REQUEST', message: 'This node does not know such a command.', field: '' };

/** Replies of one turn of the event loop leave together. */
function createReplies(stream: Stream): (reply: ReplyFrame) => void {
  let waiting: ReplyFrame[] = [];
  let scheduled = false;
  let blocked = false;

  function flush(): void {
    scheduled = false;
    if (blocked || waiting.length === 0 || stream.destroyed || stream.cancelled) return;
    const replies = waiting;
    waiting = [];
    blocked = !stream.write({ replies });
  }

  stream.on('drain', () => {
    blocked = false;
    flush();
  });
  return (reply) => {
    if (waiting.length < repliesWaitingMax) waiting.push(reply);
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };
}

/** Why this caller is no node of ours; undefined when it is one. */
function whyNot(options: IncomingOptions, stream: Stream, hello: HelloFrame): string | undefined {
  const { identity } = hello;
  if (!options.names.includes(identity.name)) return 'the cluster has no node of that name';
  if (identity.name === options.self.name) return 'this node has that name';
  if (!isProven(options.keys, identity, options.self.name, hello.proof)) return 'the cluster keys differ';
  if (hello.clusterApplication !== options.clusterApplication) {
    return `it belongs to the cluster ${hello.clusterApplication}`;
  }
  const { min, max } = options.protocol;
  if (hello.protocolMin > max || hello.protocolMax < min) {
    return `it speaks versions ${hello.protocolMin} to ${hello.protocolMax}, this node ${min} to ${max}`;
  }
  if (options.credentials.isSecure && !bearsName(stream, identity.name)) {
    return `its certificate is not for ${identity.name}`;
  }
  return undefined;
}

function bearsName(stream: Stream, name: string): boolean {
  const certificate = stream.getAuthContext().sslPeerCertificate;
  if (certificate === undefined) return false;
  const names = (certificate.subjectaltname ?? '').split(', ');
  return names.includes(`DNS:${name}`);
}
