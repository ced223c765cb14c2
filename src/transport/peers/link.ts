/**
 * The stream to one other node. It is opened again for ever, with a pause that grows; what was on its way
 * when it broke may be lost, and its commands are answered as unreachable.
 */
import { type ChannelCredentials, Metadata } from '@grpc/grpc-js';
import type { NodeIdentity } from '../../cluster/identity.js';
import type { PeersClient } from './generated/beckon/v1/Peers.js';
import { failureText } from './failure-text.js';
import { createOutbox, type Outbox } from './outbox.js';
import {
  type ExchangeCall,
  frameBytesMax,
  type HelloFrame,
  type PeersService,
  type ReplyFrame,
  type TakenFrame,
  whyNoHello,
} from './protocol.js';

export interface LinkOptions {
  name: string;
  address: string;
  credentials: ChannelCredentials;
  /** Name that the peer's certificate must bear. */
  certificateName: string | undefined;
  service: PeersService;
  hello(): HelloFrame;
  onReply(reply: ReplyFrame): void;
  /** The peer said who it is, and the stream is open. */
  onUp(peer: NodeIdentity): void;
  onDown(reason: string): void;
}

export interface Link {
  readonly outbox: Outbox;
  readonly isUp: boolean;
  close(): void;
}

const retryMinMs = 100;
const retryMaxMs = 2_000;

export function openLink(options: LinkOptions): Link {
  const client = clientOf(options);
  let call: ExchangeCall | undefined;
  let isUp = false;
  let closed = false;
  let pauseMs = retryMinMs;
  /** A reason that stays the same is told once, however often it is tried again. */
  let toldReason = '';
  let timer: NodeJS.Timeout | undefined;
  const outbox = createOutbox((frame) => call?.write(frame) ?? false);

  function open(): void {
    if (closed) return;
    const stream = client.Exchange(new Metadata()) as ExchangeCall;
    call = stream;
    stream.on('data', (frame: TakenFrame) => {
      if (frame.hello !== null) greeted(stream, frame.hello);
      for (const reply of frame.replies) {
        if (reply.outcome !== undefined) options.onReply(reply as ReplyFrame);
      }
    });
    stream.on('drain', () => {
      if (isUp) outbox.resume();
    });
    stream.on('error', (error: Error) => ended(stream, failureText(error)));
    stream.on('end', () => ended(stream, 'the peer ended the stream'));
    stream.write({ hello: options.hello() });
  }

  function greeted(stream: ExchangeCall, hello: NonNullable<TakenFrame['hello']>): void {
    const wrong = whyNoHello(hello);
    if (wrong !== undefined) {
      ended(stream, `a greeting that is none: ${wrong}`);
      return;
    }
    isUp = true;
    pauseMs = retryMinMs;
    toldReason = '';
    outbox.resume();
    options.onUp((hello as HelloFrame).identity);
  }

  function ended(stream: ExchangeCall, reason: string): void {
    if (stream !== call) return;
    call = undefined;
    stream.cancel();
    outbox.clear();
    const was = isUp;
    isUp = false;
    if (was || reason !== toldReason) options.onDown(reason);
    toldReason = reason;
    if (closed) return;
    timer = setTimeout(open, pauseMs * (0.5 + Math.random()));
    pauseMs = Math.min(pauseMs * 2, retryMaxMs);
  }

  open();
  return {
    outbox,
    get isUp() {
      return isUp;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      call?.cancel();
      client.close();
    },
  };
}

function clientOf({ address, credentials, certificateName, service: Peers }: LinkOptions): PeersClient {
  return new Peers(address, credentials, {
    'grpc.max_receive_message_length': frameBytesMax,
    'grpc.max_send_message_length': frameBytesMax,
    'grpc.initial_reconnect_backoff_ms': retryMinMs,
    'grpc.max_reconnect_backoff_ms': retryMaxMs,
    // Longer than a stall that must not cut anybody off; a silent network is the failure detector's to find.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.use_local_subchannel_pool': 1,
    ...(certificateName === undefined
      ? {}
      : {
          'grpc.ssl_target_name_override': certificateName,
          'grpc.default_authority': certificateName,
        }),
  });
}
