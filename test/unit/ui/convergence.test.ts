import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  AgentChatView,
  AgentView,
  ChatEntry,
  OfferView,
  WorkspaceMessage,
  WorkspaceState,
} from '../../../src/model/index.js';
import { emptyDesk, isOver, reduce, type Desk } from '../../../src/ui/workspace/model/index.js';
import {
  agent,
  chat,
  deskAfter,
  message,
  offer,
  opened,
  pushed,
  snapshot,
  sync,
  updated,
} from './desk-fixtures.js';

/** A server that tells its story twice: as pushes in order, and as a snapshot at any moment. */
class Server {
  agent: AgentView = agent;
  readonly offers = new Map<string, OfferView>();
  readonly chats = new Map<string, AgentChatView>();
  #clock = 1_000;

  snapshot(): WorkspaceState {
    return structuredClone({
      agent: this.agent,
      offers: [...this.offers.values()],
      chats: [...this.chats.values()].filter((view) => view.state !== 'ended'),
    });
  }

  /** Carries out one act on one of a few chats; what cannot happen now does nothing. */
  act(kind: number, chatId: string): WorkspaceMessage[] {
    this.#clock += 10;
    const view = this.chats.get(chatId);
    const ringing = this.offers.has(chatId);
    if (kind === 0 && view === undefined && !ringing) {
      const ring = offer(chatId, this.#clock);
      this.offers.set(chatId, ring);
      return [{ kind: 'offer', offer: ring }];
    }
    if (kind === 1 && this.offers.delete(chatId)) {
      this.agent = { ...this.agent, readiness: 'notReady', notReadyReason: 'ringNoAnswer' };
      return [
        { kind: 'offerGone', chatId, reason: 'ringNoAnswer' },
        { kind: 'agent', agent: this.agent },
      ];
    }
    if (kind === 2 && this.offers.delete(chatId)) {
      const fresh = chat(chatId, [message(0)]);
      this.chats.set(chatId, fresh);
      return [{ kind: 'offerGone', chatId, reason: 'accepted' }, opened(structuredClone(fresh))];
    }
    if (kind === 3 && view?.state === 'active') return [this.#say(view, 'active')];
    if (kind === 4 && view?.state === 'active') return [this.#say(view, 'ended')];
    if (kind === 5) {
      this.agent = { ...this.agent, readiness: 'ready', notReadyReason: null };
      return [{ kind: 'agent', agent: this.agent }];
    }
    return [];
  }

  #say(view: AgentChatView, state: AgentChatView['state']): WorkspaceMessage {
    const entry: ChatEntry = message(view.entries.length);
    view.entries.push(entry);
    view.state = state;
    return updated(view.chatId, [entry], state);
  }
}

/** What the agent sees of the desk, in a form that can be compared with the server. */
function seen(desk: Desk): unknown {
  const open = Object.values(desk.chats).filter((view) => !isOver(view));
  return {
    agent: desk.agent,
    offers: Object.keys(desk.offers).sort(),
    chats: open.map((view) => [view.chatId, view.state, view.entries.map((entry) => entry.offset)]).sort(),
  };
}

function truth(server: Server): unknown {
  return seen(deskAfter(sync(server.snapshot())));
}

const chatIds = fc.constantFrom('a', 'b', 'c');
const acts = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), chatIds), { maxLength: 60 });

describe('the desk', () => {
  it('is true to the server after pushes in order, whenever and however slowly the state is read', () => {
    const reads = fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)), { maxLength: 6 });
    fc.assert(
      fc.property(acts, reads, (story, plannedReads) => {
        const server = new Server();
        let desk = deskAfter(sync(server.snapshot()));
        let syncId = 10;
        // Each read: asked for before act `from`, read by the server `taken` acts later, answered `back` acts
        // after that.
        const open = new Map<
          number,
          { syncId: number; takenAt: number; backAt: number; state?: WorkspaceState }
        >();
        for (let index = 0; index <= story.length; index++) {
          for (const [from, taken, back] of plannedReads) {
            if (from !== index) continue;
            syncId++;
            open.set(syncId, {
              syncId,
              takenAt: index + (taken % 5),
              backAt: index + (taken % 5) + (back % 5),
            });
            desk = reduce(desk, { kind: 'syncStarted', syncId });
          }
          for (const read of open.values()) if (read.takenAt === index) read.state = server.snapshot();
          for (const read of open.values()) {
            if (read.backAt !== index || read.state === undefined) continue;
            desk = reduce(desk, { kind: 'snapshotTaken', syncId: read.syncId, snapshot: read.state });
          }
          const act = story[index];
          if (act === undefined) break;
          for (const push of server.act(...act)) desk = reduce(desk, pushed(push));
        }
        expect(seen(desk)).toEqual(truth(server));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is true again after a loss of pushes and one read, with repeats from before the loss', () => {
    fc.assert(
      fc.property(acts, fc.nat(60), fc.nat(60), (story, from, length) => {
        const server = new Server();
        let desk = deskAfter(sync(server.snapshot()));
        const received: WorkspaceMessage[] = [];
        story.forEach((act, index) => {
          const pushes = server.act(...act);
          if (index >= from && index < from + length) return;
          received.push(...pushes);
          for (const push of pushes) desk = reduce(desk, pushed(push));
        });
        desk = deskAfter(sync(server.snapshot(), [], 99), desk);
        expect(seen(desk)).toEqual(truth(server));
        // The transport may repeat what it delivered last; where the desk is in doubt, it asks. Only the
        // agent's own state carries nothing that tells a repeat, and relies on the channel's order.
        const repeated = received.slice(-5).filter((push) => push.kind !== 'agent');
        desk = deskAfter(repeated.map(pushed), desk);
        if (desk.stale) desk = deskAfter(sync(server.snapshot(), [], 100), desk);
        expect(seen(desk)).toEqual(truth(server));
      }),
      { numRuns: 1_000 },
    );
  });

  it('has the same chats and offers whatever the order and number of the same pushes and snapshots', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.infiniteStream(fc.nat()), (count, picks) => {
        const lines = Array.from({ length: count }, (_, index) => message(index + 1));
        const inputs = [
          opened(chat('a', [message(0)])),
          ...lines.map((line) => updated('a', [line])),
          updated('a', [message(count + 1)], 'ended'),
          { kind: 'offer', offer: offer('b') },
          { kind: 'offerGone', chatId: 'b', reason: 'declined' },
        ] satisfies WorkspaceMessage[];
        const pick = (max: number) => (picks.next().value as number) % max;
        const shuffled = [...inputs, ...inputs].map((push) => ({ push, at: pick(1_000) }));
        shuffled.sort((x, y) => x.at - y.at);
        const desk = deskAfter(shuffled.map(({ push }) => pushed(push)));
        const whole = deskAfter(inputs.map(pushed));
        expect(desk.chats.a).toEqual(whole.chats.a);
        if (!desk.stale) expect(desk.offers).toEqual({});
        const read = deskAfter(sync(snapshot({ chats: [chat('a', [message(0)])] })), desk);
        expect(read.chats.a).toEqual(whole.chats.a);
        expect(read.offers).toEqual({});
      }),
    );
  });

  it('knows nothing before the first word', () => {
    expect(seen(emptyDesk)).toEqual({ agent: null, offers: [], chats: [] });
  });
});
