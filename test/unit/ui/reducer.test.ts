import { describe, expect, it } from 'vitest';
import {
  deskLimits,
  emptyDesk,
  nextToSend,
  openedChats,
  ringingOffers,
  unreadCount,
  waitingCount,
  type Desk,
} from '../../../src/ui/workspace/model/index.js';
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

const offsets = (desk: Desk, chatId: string) => desk.chats[chatId]?.entries.map((entry) => entry.offset);

describe('chats on the desk', () => {
  it('merge entries by offset, whatever repeats and in whatever order', () => {
    const desk = deskAfter([
      pushed(updated('a', [message(2)])),
      pushed(opened(chat('a', [message(0)]))),
      pushed(updated('a', [message(1), message(2)])),
      pushed(updated('a', [message(1)])),
    ]);
    expect(offsets(desk, 'a')).toEqual([0, 1, 2]);
  });

  it('are listed only when the server has told their opening', () => {
    const early = deskAfter([pushed(updated('a', [message(0)]))]);
    expect(openedChats(early)).toEqual([]);
    expect(early.stale).toBe(true);
    expect(openedChats(deskAfter([pushed(opened(chat('a', [])))], early))).toHaveLength(1);
  });

  it('ask for a snapshot when an offset is missing, and are whole after it', () => {
    const gap = deskAfter([pushed(opened(chat('a', [message(0)]))), pushed(updated('a', [message(2)]))]);
    expect(gap.stale).toBe(true);
    const whole = deskAfter(
      sync(snapshot({ chats: [chat('a', [message(0), message(1), message(2)])] })),
      gap,
    );
    expect(whole.stale).toBe(false);
    expect(offsets(whole, 'a')).toEqual([0, 1, 2]);
  });

  it('never come back to life, and nobody types in an ended one', () => {
    const desk = deskAfter([
      pushed(opened(chat('a', [message(0)]))),
      pushed(updated('a', [message(1)], 'ended')),
      pushed({ kind: 'chatUpdated', chatId: 'a', state: 'active', entries: [], typing: true }),
    ]);
    expect(desk.chats.a).toMatchObject({ state: 'ended', typing: false });
  });

  it('that a snapshot does not hold are over, and stay in sight until they are closed', () => {
    const desk = deskAfter([pushed(opened(chat('a', [message(0)]))), ...sync(snapshot())]);
    expect(desk.chats.a?.missing).toBe(true);
    const closed = deskAfter([{ kind: 'chatClosed', chatId: 'a' }, pushed(updated('a', [message(1)]))], desk);
    expect(closed.chats).toEqual({});
  });

  it('that are not over cannot be closed', () => {
    const desk = deskAfter([pushed(opened(chat('a', []))), { kind: 'chatClosed', chatId: 'a' }]);
    expect(desk.chats.a).toBeDefined();
  });

  it('opened while a snapshot was read are not lost by it', () => {
    const desk = deskAfter(sync(snapshot(), [opened(chat('a', [message(0)])), updated('a', [message(1)])]));
    expect(desk.chats.a?.missing).toBe(false);
    expect(offsets(desk, 'a')).toEqual([0, 1]);
  });
});

describe('unread messages', () => {
  it('are the visitor’s since the agent looked or wrote', () => {
    const desk = deskAfter([pushed(opened(chat('a', [message(0), message(1, 'agent'), message(2)])))]);
    expect(unreadCount(desk.chats.a!)).toBe(1);
    const seen = deskAfter([{ kind: 'chatSeen', chatId: 'a' }], desk);
    expect(unreadCount(seen.chats.a!)).toBe(0);
    const more = deskAfter([pushed(updated('a', [message(3), message(4)]))], seen);
    expect(unreadCount(more.chats.a!)).toBe(2);
  });

  it('count with the ringing offers as what waits', () => {
    const desk = deskAfter([
      pushed(opened(chat('a', [message(0)]))),
      pushed({ kind: 'offer', offer: offer('b') }),
    ]);
    expect(waitingCount(desk)).toBe(2);
  });
});

describe('offers', () => {
  it('ring until the server says that they are over', () => {
    const ringing = deskAfter([pushed({ kind: 'offer', offer: offer('a') })]);
    expect(ringingOffers(ringing.offers)).toHaveLength(1);
    const over = deskAfter([pushed({ kind: 'offerGone', chatId: 'a', reason: 'ringNoAnswer' })], ringing);
    expect(ringingOffers(over.offers)).toEqual([]);
    expect(over.rules.a).toBe('rule of a');
  });

  it('do not ring again when told twice, but do when the chat is offered anew', () => {
    const over = deskAfter([
      pushed({ kind: 'offer', offer: offer('a', 1_000) }),
      pushed({ kind: 'offerGone', chatId: 'a', reason: 'ringNoAnswer' }),
      pushed({ kind: 'offer', offer: offer('a', 1_000) }),
    ]);
    expect(ringingOffers(over.offers)).toEqual([]);
    expect(
      ringingOffers(deskAfter([pushed({ kind: 'offer', offer: offer('a', 2_000) })], over).offers),
    ).toHaveLength(1);
  });

  it('whose end overtook them are asked about', () => {
    const desk = deskAfter([
      pushed({ kind: 'offerGone', chatId: 'a', reason: 'ended' }),
      pushed({ kind: 'offer', offer: offer('a') }),
    ]);
    expect(desk.stale).toBe(true);
    expect(ringingOffers(deskAfter(sync(snapshot()), desk).offers)).toEqual([]);
  });

  it('ring anew after an end that came while the state was read', () => {
    const gone = { kind: 'offerGone', chatId: 'a', reason: 'ringNoAnswer' } as const;
    const desk = deskAfter([
      ...sync(snapshot(), [gone]),
      pushed({ kind: 'offer', offer: offer('a', 2_000) }),
    ]);
    expect(ringingOffers(desk.offers)).toHaveLength(1);
  });

  it('that ended and rang anew while the state was read ring on', () => {
    const gone = { kind: 'offerGone', chatId: 'a', reason: 'ringNoAnswer' } as const;
    const ringing = deskAfter([pushed({ kind: 'offer', offer: offer('a', 1_000) })]);
    const again = { kind: 'offer', offer: offer('a', 2_000) } as const;
    const read = snapshot({ offers: [offer('a', 2_000)] });
    expect(ringingOffers(deskAfter(sync(read, [gone, again]), ringing).offers)).toHaveLength(1);
    expect(ringingOffers(deskAfter(sync(read, [gone]), ringing).offers)).toHaveLength(1);
    const old = snapshot({ offers: [offer('a', 1_000)] });
    expect(ringingOffers(deskAfter(sync(old, [gone]), ringing).offers)).toEqual([]);
  });

  it('answered by the agent stop at once, and an old snapshot does not bring them back', () => {
    const desk = deskAfter([
      pushed({ kind: 'offer', offer: offer('a') }),
      { kind: 'syncStarted', syncId: 1 },
      { kind: 'offerAnswered', chatId: 'a', offeredAt: 1_000 },
      { kind: 'snapshotTaken', syncId: 1, snapshot: snapshot({ offers: [offer('a')] }) },
    ]);
    expect(ringingOffers(desk.offers)).toEqual([]);
  });

  it('remember a bounded number of ends', () => {
    const inputs = Array.from({ length: deskLimits.endedOffersMax + 10 }, (_, index) => {
      const chatId = `c${index}`;
      const end = { kind: 'offerGone', chatId, reason: 'ended' } as const;
      return [pushed({ kind: 'offer', offer: offer(chatId) }), pushed(end)];
    }).flat();
    expect(Object.keys(deskAfter(inputs).endedOffers)).toHaveLength(deskLimits.endedOffersMax);
  });
});

describe('readiness', () => {
  it('answered late does not undo what was pushed since', () => {
    const thrown = { ...agent, readiness: 'notReady', notReadyReason: 'ringNoAnswer' } as const;
    const desk = deskAfter([
      pushed({ kind: 'agent', agent: thrown }),
      { kind: 'readinessAnswered', agent, askedAtCount: 0 },
    ]);
    expect(desk.agent).toEqual(thrown);
    expect(deskAfter([{ kind: 'readinessAnswered', agent, askedAtCount: 1 }], desk).agent).toEqual(agent);
  });
});

describe('a read of the state', () => {
  it('that was given up does not count when it ends', () => {
    const desk = deskAfter([
      { kind: 'syncStarted', syncId: 1 },
      { kind: 'syncStarted', syncId: 2 },
      { kind: 'snapshotTaken', syncId: 1, snapshot: snapshot({ offers: [offer('a')] }) },
    ]);
    expect(desk.offers).toEqual({});
    expect(desk.sync?.syncId).toBe(2);
  });

  it('is given up when too much happens meanwhile, and asked for again', () => {
    const inputs = Array.from({ length: deskLimits.syncPushesMax + 1 }, () =>
      pushed({ kind: 'agent', agent } as const),
    );
    const desk = deskAfter([{ kind: 'syncStarted', syncId: 1 }, ...inputs]);
    expect(desk).toMatchObject({ sync: null, stale: true });
  });
});

describe('outgoing messages', () => {
  const written = (messageId: string) =>
    ({ kind: 'messageWritten', chatId: 'a', messageId, text: messageId, at: 1 }) as const;
  const open = deskAfter([pushed(opened(chat('a', [])))]);

  it('go one at a time, and leave when the transcript holds them', () => {
    const two = deskAfter([written('m1'), written('m2')], open);
    expect(nextToSend(two)).toEqual([{ chatId: 'a', messageId: 'm1', text: 'm1' }]);
    const first = deskAfter([{ kind: 'messageAcknowledged', chatId: 'a', messageId: 'm1', offset: 0 }], two);
    expect(nextToSend(first)).toEqual([{ chatId: 'a', messageId: 'm2', text: 'm2' }]);
    const shown = deskAfter([pushed(updated('a', [message(0, 'agent')]))], first);
    expect(shown.chats.a?.outbox.map((item) => item.messageId)).toEqual(['m2']);
  });

  it('leave by their id when the entry comes before the acknowledgement', () => {
    const desk = deskAfter([written('m1'), pushed(updated('a', [message(0, 'agent', 'm1')]))], open);
    expect(desk.chats.a?.outbox).toEqual([]);
  });

  it('that were refused wait for the agent and let the next one go', () => {
    const desk = deskAfter(
      [written('m1'), written('m2'), { kind: 'messageRefused', chatId: 'a', messageId: 'm1' }],
      open,
    );
    expect(nextToSend(desk).map((item) => item.messageId)).toEqual(['m2']);
    const retried = deskAfter([{ kind: 'messageRetried', chatId: 'a', messageId: 'm1' }], desk);
    expect(nextToSend(retried).map((item) => item.messageId)).toEqual(['m1']);
    const dropped = deskAfter([{ kind: 'messageDiscarded', chatId: 'a', messageId: 'm1' }], desk);
    expect(dropped.chats.a?.outbox).toHaveLength(1);
  });

  it('are written once, also when restored twice', () => {
    expect(deskAfter([written('m1'), written('m1')], open).chats.a?.outbox).toHaveLength(1);
    expect(deskAfter([written('m1')], emptyDesk)).toBe(emptyDesk);
  });
});
