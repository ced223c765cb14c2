/**
 * Clients of the CometD bench on long-polling: each message ends a poll, and the client sends the next one.
 */
import { Agent, request } from 'node:http';
import type { Subject } from './cometd-subjects.js';
import { elapsedUs, rateOf, type Rate } from './cometd-sockets.js';

interface Message {
  channel: string;
  clientId?: string;
  data?: unknown;
}

export interface Poll {
  onData: () => void;
  /** Sends the next poll, to be held. */
  next(): void;
  close(): void;
}

function post(
  agent: Agent,
  url: string,
  cookie: string,
  message: object,
): Promise<{ messages: Message[]; cookie: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        const set = (response.headers['set-cookie'] ?? []).map((each) => each.split(';')[0]).join('; ');
        try {
          resolve({ messages: JSON.parse(body) as Message[], cookie: set === '' ? cookie : set });
        } catch (cause) {
          reject(new Error(`answered ${response.statusCode ?? 0}: ${body}`, { cause }));
        }
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify([message]));
  });
}

async function openPoll(url: string): Promise<Poll> {
  const agent = new Agent({ keepAlive: true });
  const shaken = await post(agent, url, '', {
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['long-polling'],
  });
  const { cookie } = shaken;
  const clientId = shaken.messages[0]?.clientId ?? '';
  const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
  await post(agent, url, cookie, { ...connect, advice: { timeout: 0 } });
  await post(agent, url, cookie, { channel: '/meta/subscribe', clientId, subscription: '/all' });
  let isClosed = false;
  const poll: Poll = {
    onData: () => undefined,
    next() {
      post(agent, url, cookie, connect).then(
        ({ messages }) => {
          poll.next();
          for (const { data } of messages) if (data !== undefined) poll.onData();
        },
        (error: unknown) => {
          if (!isClosed) throw error;
        },
      );
    },
    close() {
      isClosed = true;
      agent.destroy();
    },
  };
  poll.next();
  return poll;
}

export async function openPolls(url: string, count: number): Promise<Poll[]> {
  const polls: Poll[] = [];
  while (polls.length < count) {
    const batch = Math.min(50, count - polls.length);
    polls.push(...(await Promise.all(Array.from({ length: batch }, () => openPoll(url)))));
  }
  return polls;
}

/** CPU of one delivery together with the poll that follows it. */
export function measurePolling(
  subject: Subject,
  polls: readonly Poll[],
  size: { fanOuts: number; warmUps: number },
): Promise<Rate> {
  return rateOf(subject, size.fanOuts, size.warmUps, polls.length, async (round, latency) => {
    const sentMs = performance.now();
    const all = new Promise<void>((resolve) => {
      let left = polls.length;
      for (const poll of polls) {
        poll.onData = () => {
          latency.recordValue(elapsedUs(sentMs));
          left -= 1;
          if (left === 0) resolve();
        };
      }
    });
    subject.publish(round);
    await all;
  });
}
