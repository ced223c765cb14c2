/** The benches at smoke size: they run, deliver everything and print their one line. No time is judged. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { timeout: 60_000 })).stdout;

describe('the benches of the edge', () => {
  it('measure pushing', { timeout: 60_000 }, async () => {
    const line = await run('bench/edge/push.mjs', '20', '3', '2');
    expect(line).toMatch(
      /^edge\/push wire=native connections=20 delivery_cpu_us=[\d.]+ .*idle_heap_bytes=-?\d+ bare=-?\d+\n$/,
    );
  });

  it('measure HTTP', { timeout: 60_000 }, async () => {
    const line = await run('bench/edge/http.mjs', '200', '2');
    expect(line).toMatch(/^edge\/http requests=200 bytes=\d+ bare_cpu_us=[\d.]+ edge_cpu_us=[\d.]+ .*\n$/);
  });
});
