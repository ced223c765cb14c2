import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSender } from '../../../../src/tracker/chat/outgoing.js';
import { emptyTranscript, type OutgoingMessage } from '../../../../src/tracker/chat/transcript.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tries what waits at once when the server is there again, and else when its time has come', async () => {
  const statuses = [503, 503, 200];
  const message: OutgoingMessage = { messageId: 'M', text: 'hello', state: 'sending' };
  const told: string[] = [];
  const sender = createSender(
    () => Promise.resolve({ status: statuses.shift() ?? 0, body: {}, retryAfterMs: 9_000 }),
    emptyTranscript([message]),
    ({ state }) => told.push(state),
  );
  sender.run();
  await vi.advanceTimersByTimeAsync(8_000);
  expect(told).toEqual(['retrying']);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(told).toEqual(['retrying', 'retrying']);
  sender.retry();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['retrying', 'retrying', 'sent']);
  sender.stop();
});
