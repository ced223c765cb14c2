/**
 * Sends the visitor's messages one after another, each until the server has it; its id makes a repeat
 * harmless.
 */
import { type Answer, isSettled } from '../answer.js';
import { createBackoff } from '../backoff.js';
import type { OutgoingMessage, Transcript } from './transcript.js';

export interface Sender {
  /** Begins, or goes on after a change of the queue. */
  run(): void;
  /** The server is there again: what waits for its next try is tried now. */
  readonly retry: () => void;
  stop(): void;
}

const retryMs = 1_000;
const retryMsMax = 15_000;

/**
 * `post` never rejects. `changed` is told of every change of a message's state. A message that the server
 * refuses is `failed`.
 */
export function createSender(
  post: (message: { messageId: string; text: string }) => Promise<Answer>,
  transcript: Transcript,
  changed: (message: OutgoingMessage) => void,
): Sender {
  const backoff = createBackoff(retryMs, retryMsMax);
  let isRunning = false;
  let isStopped = false;
  let wake: (() => void) | undefined;

  async function send(): Promise<void> {
    for (;;) {
      const message = transcript.outgoing.find(({ state }) => state === 'sending' || state === 'retrying');
      if (message === undefined || isStopped) return;
      const { messageId, text } = message;
      const answer = await post({ messageId, text });
      if (answer.status === 200) {
        backoff.reset();
        message.state = 'sent';
      } else if (isSettled(answer)) message.state = 'failed';
      else {
        message.state = 'retrying';
        changed(message);
        await pause(backoff.nextMs(answer.retryAfterMs));
        continue;
      }
      changed(message);
    }
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, delayMs);
    });
  }

  return {
    run() {
      if (isRunning) return;
      isRunning = true;
      void send().finally(() => {
        isRunning = false;
      });
    },
    retry() {
      wake?.();
    },
    stop() {
      isStopped = true;
    },
  };
}
