/** `beckon dsl check`: what it prints, and how it ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runDsl } from '../../../src/commands/dsl/index.js';
import { outcomeOf } from './terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-dsl-'));
const shipped = resolve(import.meta.dirname, '../../../apps/playground/resources/dsl/domain-model.xml');
const bad = join(folder, 'bad.xml');
writeFileSync(bad, '<properties><events>\n<event name="A" condition="1 +"/>\n</events></properties>\n');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('beckon dsl check', () => {
  it('counts the events of a right file', async () => {
    const { code, out } = await outcomeOf((terminal) => runDsl(['check', shipped], terminal));
    expect(code).toBe(0);
    expect(out).toMatch(/domain-model\.xml: ok, \d+ events\n$/);
  });

  it('names file, line and column of mistakes, and fails', async () => {
    const { code, out } = await outcomeOf((terminal) => runDsl(['check', shipped, bad], terminal));
    expect(code).toBe(1);
    expect(out).toContain(`${bad}:2:1: error: an event needs a <trigger>\n`);
    expect(out).toContain(`${bad}:2:31: error: condition: the expression ends too early\n`);
  });

  it('speaks JSON', async () => {
    const { out } = await outcomeOf((terminal) => runDsl(['check', '--json', bad], terminal));
    expect(JSON.parse(out)).toMatchObject({ file: bad, ok: false, errors: [{ line: 2 }, { line: 2 }] });
  });

  it('tells of wrong calls and missing files', async () => {
    expect((await outcomeOf((terminal) => runDsl(['check'], terminal))).code).toBe(2);
    expect((await outcomeOf((terminal) => runDsl(['chek'], terminal))).code).toBe(2);
    const { code, err } = await outcomeOf((terminal) => runDsl(['check', join(folder, 'none')], terminal));
    expect([code, err]).toEqual([1, `${join(folder, 'none')}: there is no such file\n`]);
  });
});
