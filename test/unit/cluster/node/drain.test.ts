/** What a node that is told to stop waits for, and when waiting is of no use. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { MemberStatus, OperatorCommand } from '../../../../src/cluster/member/index.js';
import { drainBeforeStop } from '../../../../src/cluster/node/drain.js';
import type { OperatorReply } from '../../../../src/cluster/node/operators.js';

interface Story {
  members?: string[];
  draining?: string[];
  notServing?: string;
  timeoutMs?: number;
  replies?: OperatorReply[];
}

/** Runs to the end; every look at the clock is a tenth of a second later than the one before. */
async function stop(story: Story): Promise<{ commands: OperatorCommand[]; lines: string[] }> {
  const { members = ['a', 'b', 'c'], draining = [], notServing = '', timeoutMs = 60_000 } = story;
  const replies = [...(story.replies ?? [])];
  const commands: OperatorCommand[] = [];
  const lines: string[] = [];
  let nowMs = 0;
  const view = { members: members.map((name) => ({ name })), draining, terms: { leaseMs: 2_000 } };
  await drainBeforeStop({
    self: 'a',
    clock: { nowMs: () => nowMs, monotonicMs: () => (nowMs += 100) },
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
    operate(command) {
      commands.push(command);
      const reply = replies.shift();
      return reply === undefined ? new Promise(() => undefined) : Promise.resolve(reply);
    },
    status: () =>
      ({ view: { view, notServing }, partitions: { served: 7, copiesHeld: 3 } }) as unknown as MemberStatus,
    timeoutMs,
  });
  return { commands, lines };
}

const done = { ok: true, text: 'it can be stopped' };
const busy = { ok: false, text: 'another command is under way' };

describe('a node that is told to stop', () => {
  it('waits until everything is with the others', async () => {
    const { commands, lines } = await stop({ replies: [done] });
    expect(commands).toEqual([{ kind: 'drain', node: 'a' }]);
    expect(lines.join('')).toMatch(/"served":7.*handing over.*everything is handed over/s);
  });

  it('asks again while another command is under way', async () => {
    const { commands } = await stop({ replies: [busy, busy, done] });
    expect(commands).toHaveLength(3);
  });

  it('goes in the end, and says how it stood meanwhile', async () => {
    const { lines } = await stop({ timeoutMs: 5_000 });
    expect(lines.filter((line) => line.includes('still handing over'))).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/"served":7.*not done within 5000 ms/);
  });

  it('asks nobody when it may not', async () => {
    expect(await stop({ timeoutMs: 0 })).toEqual({ commands: [], lines: [] });
  });

  it('does not wait for members that stop too', async () => {
    const { commands, lines } = await stop({ draining: ['b', 'c'] });
    expect(commands).toEqual([]);
    expect(lines.at(-1)).toContain('all other members stop too');
  });

  it('waits as long as a lease for others that it has lost', async () => {
    const { commands, lines } = await stop({ notServing: 'no majority answers' });
    expect(commands).toHaveLength(1);
    expect(lines.at(-1)).toContain('no majority answers');
  });
});
