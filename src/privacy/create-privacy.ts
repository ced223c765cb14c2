/** What the law lets a person ask of a site: everything that is kept of them, and that it be erased. */
import { chatAddress } from '../actors/protocol/index.js';
import { AppError, type Clock } from '../base/index.js';
import type { Routing } from '../cluster/index.js';
import type { ErasureTarget, OperationalStore, WriteBehind } from '../stores/index.js';
import type { NodeErasure } from './erase-on-node.js';
import { type Receipt, type ReceiptKey, subjectHash } from './receipt.js';
import { type ExportLine, findSubject, linesOf, type Subject } from './subject.js';

export interface PrivacyOptions {
  store: OperationalStore;
  writeBehind: Pick<WriteBehind, 'drained'>;
  routing: Pick<Routing, 'ask'>;
  /** Erases from every node that may have something; alone, from this one. */
  erase: (target: ErasureTarget) => Promise<NodeErasure>;
  key: ReceiptKey;
  /** The name of this node, for the receipt. */
  node: string;
  clock: Clock;
}

export interface Privacy {
  /** PEM of the key that receipts are signed with. */
  readonly publicKey: string;
  /**
   * Erases all that is kept of `subject` and gives the receipt, also when nothing was kept. Throws `AppError`
   * STORE_UNAVAILABLE when a store cannot be reached; then it may be asked again.
   */
  erase(subject: Subject): Promise<Receipt>;
  /** All that is kept of `subject`. Throws NOT_FOUND when nothing is. */
  export(subject: Subject): Promise<AsyncIterable<ExportLine>>;
}

/** How long what is on its way to the store may take. */
const drainMs = 20_000;

export function createPrivacy(options: PrivacyOptions): Privacy {
  const { store, writeBehind, routing, key, clock } = options;

  /** A chat that goes on would leave its agent with a visitor whom nobody knows. */
  async function endChats(chats: readonly { visitId: string; chatId: string }[]): Promise<void> {
    for (const { visitId, chatId } of chats) {
      await routing.ask(chatAddress(visitId, chatId), { kind: 'endChat' }).catch((error: unknown) => {
        // One that has ended since is as good.
        if (!(error instanceof AppError) || error.status >= 500) throw error;
      });
    }
  }

  return {
    publicKey: key.publicKey,

    async erase(subject) {
      const startedMs = clock.monotonicMs();
      await writeBehind.drained(undefined, drainMs);
      const { visitIds, identityIds, openChats } = await findSubject(store, subject);
      await endChats(openChats);
      const named = subject.kind === 'identity' ? [subject.identityId] : [];
      const target = { visitIds, identityIds: [...new Set([...identityIds, ...named])] };
      const { reached } = await options.erase(target);
      return key.sign({
        kind: 'erasure',
        subject: subjectHash(subject),
        erasedAt: new Date(clock.nowMs()).toISOString(),
        durationMs: Math.round(clock.monotonicMs() - startedMs),
        node: options.node,
        reached,
        visits: visitIds.length,
        identities: identityIds.length,
      });
    },

    async export(subject) {
      await writeBehind.drained(undefined, drainMs);
      const found = await findSubject(store, subject);
      if (found.visitIds.length === 0 && found.identityIds.length === 0) {
        throw new AppError('NOT_FOUND', 'Nothing is kept of that person.');
      }
      return linesOf(store, found);
    },
  };
}
