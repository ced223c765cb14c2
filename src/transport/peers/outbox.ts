/**
 * What waits for one peer. All that is said in one turn of the event loop leaves in as few frames as the
 * bound of a frame allows; while the stream is slow, machines' messages are dropped (they repeat what
 * matters) and commands are refused.
 */
import type { PeerMessage } from '../../cluster/member/index.js';
import {
  type CommandFrame,
  type InterestFrame,
  type PeerFrame,
  type PushFrame,
  type ReplyFrame,
  toWire,
} from './protocol.js';

export interface OutboxBounds {
  /** Bytes waiting in this process for one peer. */
  waitingBytesMax: number;
  /** Bytes after which a frame is closed and the next one begins. */
  frameBytes: number;
}

export const outboxBounds: OutboxBounds = { waitingBytesMax: 64 * 1024 * 1024, frameBytes: 1024 * 1024 };

type Item =
  | { part: 'messages'; value: PeerMessage }
  | { part: 'commands'; value: CommandFrame }
  | { part: 'replies'; value: ReplyFrame }
  | { part: 'pushes'; value: PushFrame }
  | { part: 'interests'; value: InterestFrame }
  | { part: 'documents'; value: Uint8Array };

export interface Outbox {
  /** False when the bound is reached and the item was dropped. */
  add(item: Item): boolean;
  /** The stream takes frames, or it does not. */
  resume(): void;
  pause(): void;
  clear(): void;
  readonly waitingBytes: number;
  readonly dropped: number;
}

/** Rough bytes of an item on the wire: its payloads count, the rest is small. */
function bytesOf(item: Item): number {
  switch (item.part) {
    case 'messages':
      return 64 + payloadBytesOf(item.value);
    case 'commands':
      return 64 + inputBytesOf(item.value);
    case 'replies':
      return 64 + (item.value.value?.length ?? 0);
    case 'pushes':
      return 64 + item.value.data.length;
    case 'interests':
      return 64;
    case 'documents':
      return 64 + item.value.length;
  }
}

function inputBytesOf({ deliver, deliverFresh, query }: CommandFrame): number {
  return (deliver ?? deliverFresh ?? query)?.length ?? 0;
}

function payloadBytesOf(message: PeerMessage): number {
  let bytes = 0;
  if (message.kind === 'frames') {
    for (const batch of message.batches) for (const payload of batch.payloads) bytes += payload.length + 8;
  } else if (message.kind === 'orphans') {
    for (const segment of message.segments)
      for (const payload of segment.payloads) bytes += payload.length + 8;
  }
  return bytes;
}

/** `write` puts a frame on the stream and says whether it takes more now. */
export function createOutbox(write: (frame: PeerFrame) => boolean, bounds = outboxBounds): Outbox {
  let items: Item[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let open = false;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || !open) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
    });
  }

  function flush(): void {
    let index = 0;
    while (open && index < items.length) {
      const frame: PeerFrame = {};
      let frameBytes = 0;
      while (index < items.length && frameBytes < bounds.frameBytes) {
        const item = items[index++] as Item;
        const bytes = bytesOf(item);
        frameBytes += bytes;
        waitingBytes -= bytes;
        put(frame, item);
      }
      if (!write(frame)) open = false;
    }
    items = items.slice(index);
  }

  return {
    add(item) {
      const bytes = bytesOf(item);
      if (waitingBytes + bytes > bounds.waitingBytesMax && items.length > 0) {
        dropped++;
        return false;
      }
      items.push(item);
      waitingBytes += bytes;
      schedule();
      return true;
    },
    resume() {
      open = true;
      schedule();
    },
    pause() {
      open = false;
    },
    clear() {
      items = [];
      waitingBytes = 0;
      open = false;
    },
    get waitingBytes() {
      return waitingBytes;
    },
    get dropped() {
      return dropped;
    },
  };
}

function put(frame: PeerFrame, item: Item): void {
  switch (item.part) {
    case 'messages':
      (frame.messages ??= []).push(toWire(item.value));
      break;
    case 'commands':
      (frame.commands ??= []).push(item.value);
      break;
    case 'replies':
      (frame.replies ??= []).push(item.value);
      break;
    case 'pushes':
      (frame.pushes ??= []).push(item.value);
      break;
    case 'interests':
      (frame.interests ??= []).push(item.value);
      break;
    case 'documents':
      (frame.documents ??= []).push(item.value);
      break;
  }
}
