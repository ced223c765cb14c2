/**
 * The bench beside CometD's own server runs at its smallest size, so that it cannot rot; no figure is
 * judged.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('measures the edge beside CometD in one run', { timeout: 300_000 }, async () => {
  const args = ['scripts/bench.mjs', 'edge/cometd', '--size', 'smoke'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 280_000 });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe('edge/cometd idle=40 sockets=20 polls=5 fanOuts=3 echoes=3 warmUps=1');
  expect(lines).toHaveLength(14);
  for (const line of lines.slice(2))
    expect(line).toMatch(/^\S.* -?[\d.]+ +-?[\d.]+ +(-?[\d.]+|NaN|Infinity)$/);
});
