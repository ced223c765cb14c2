/**
 * Keeps every node's copy of the documents as new as that of the node that serves them: a change is sent to
 * all at once, and who has missed one asks for everything.
 */
import type { DocumentSets, DocumentSnapshot } from '../../actors/runtime/index.js';
import type { Peers } from '../../transport/peers/index.js';
import type { NodeIdentity, NodeName } from '../identity.js';
import type { Placement } from './placement.js';
import { decodeValue, encodeValue } from './value-codec.js';

export interface DocumentRelay {
  receive(from: NodeIdentity, bytes: Uint8Array): void;
  close(): void;
}

export interface DocumentRelayOptions {
  self: NodeName;
  others: readonly NodeName[];
  peers: () => Peers;
  placement: Placement;
  documents: DocumentSets;
  /** The partition of all documents. */
  partition: number;
  onFailed(error: unknown): void;
}

type Message =
  { kind: 'stamp'; stamp: string } | { kind: 'want' } | { kind: 'all'; snapshot: DocumentSnapshot };

const stampIntervalMs = 1_000;

export function createDocumentRelay(options: DocumentRelayOptions): DocumentRelay {
  const { self, others, placement, documents, partition } = options;

  function isServer(): boolean {
    return placement.serverOf(partition) === self;
  }

  function say(to: NodeName, message: Message): void {
    options.peers().documents(to, encodeValue(message));
  }

  function sayToAll(message: Message): void {
    const bytes = encodeValue(message);
    for (const name of others) options.peers().documents(name, bytes);
  }

  documents.onChange(() => {
    if (isServer()) sayToAll({ kind: 'all', snapshot: documents.snapshot() });
  });
  const timer = setInterval(() => {
    if (isServer()) sayToAll({ kind: 'stamp', stamp: documents.stamp });
  }, stampIntervalMs);

  return {
    receive({ name }, bytes) {
      const message = decodeValue(bytes) as Message;
      switch (message.kind) {
        case 'stamp':
          if (message.stamp !== documents.stamp && !isServer()) say(name, { kind: 'want' });
          break;
        case 'want':
          say(name, { kind: 'all', snapshot: documents.snapshot() });
          break;
        case 'all':
          try {
            documents.follow(message.snapshot);
          } catch (error) {
            options.onFailed(error);
          }
          break;
      }
    },
    close: () => clearInterval(timer),
  };
}
