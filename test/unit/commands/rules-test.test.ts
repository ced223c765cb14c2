/** `beckon rules check` and `beckon rules test` over files, as a person uses them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rules } from './terminal.js';

const playground = resolve(import.meta.dirname, '../../../apps/playground/rules/playground.drl');
const folder = mkdtempSync(join(tmpdir(), 'beckon-rules-test-'));
const drl = join(folder, 'shop.drl');

beforeAll(() => {
  writeFileSync(
    drl,
    `package com.example.shop
rule "wants help"
when
  $e : Event( eventName == "WantsHelp" )
then
  emitActionable( $e, "wants help" );
end
`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('beckon rules test', () => {
  it('finds the playground’s scenarios beside its package, and they pass', async () => {
    const { code, out, err } = await rules(['test', playground]);
    expect(err).toBe('');
    expect(out).toMatch(/^\d+ scenarios: \d+ passed$/m);
    expect(code).toBe(0);
  });

  it('shows expected and fired side by side and fails', async () => {
    const file = write(
      'wrong.yaml',
      `scenarios:
  - name: asks twice
    events:
      - { name: WantsHelp }
      - { at: 1m30s, name: WantsHelp, id: again }
    expect:
      - { rule: wants help, at: 0s }
      - { rule: wants help, at: 2m, basedOn: again }
`,
    );
    const { code, out } = await rules(['test', drl, file]);
    expect(code).toBe(1);
    expect(out).toBe(`FAIL  asks twice  ${file}:2
      - expected  + fired
        rule: wants help, at: 0s, basedOn: 1, completedBy: 1
      - rule: wants help, at: 2m, basedOn: again
      + rule: wants help, at: 1m30s, basedOn: again, completedBy: again
1 scenario: 0 passed, 1 failed
`);
    const json = await rules(['test', drl, file, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ scenario: 'asks twice', passed: false, line: 2 });
  });

  it('discovers a file and a folder beside the package, JSON too', async () => {
    const lonely = join(folder, 'lonely.drl');
    writeFileSync(lonely, `package com.example.lonely\n`);
    expect(await rules(['test', lonely])).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no scenarios') as string,
    });
    const silent = '{"scenarios":[{"name":"nothing","events":[{"name":"Other"}],"expect":[]}]}';
    write('shop.scenarios.json', silent);
    mkdirSync(join(folder, 'shop.scenarios'));
    write('shop.scenarios/b.yml', silent.replace('nothing', 'second'));
    write('shop.scenarios/a.yaml', silent.replace('nothing', 'first'));
    write('shop.scenarios/notes.txt', 'not a scenario');
    const { code, out } = await rules(['test', drl]);
    expect(code).toBe(0);
    expect(out).toBe('ok    nothing\nok    first\nok    second\n3 scenarios: 3 passed\n');
  });

  it('says where a scenario file is wrong', async () => {
    const file = write(
      'broken.yaml',
      `scenarios:
  - name: one
    events:
      - { nmae: WantsHelp }
      - { at: soon, name: WantsHelp, id: "a b" }
    expect:
      - { rule: wants help, basedOn: 9 }
    expects: []
`,
    );
    const { code, err } = await rules(['test', drl, file]);
    expect(code).toBe(1);
    expect(err.split('\n').map((line) => line.replace(`${file}:`, ''))).toEqual([
      expect.stringMatching(/^8:5: a scenario has no "expects"; it may hold name, events, wait, expect$/),
      expect.stringMatching(/^4:11: an event has no "nmae"; it may hold at, name, /),
      '4:9: name is missing',
      expect.stringMatching(/^5:42: id must be 1 to 64 letters/),
      expect.stringMatching(/^5:15: at must be a time such as 30s/),
      expect.stringMatching(/^7:38: basedOn names no event of the scenario/),
      `${file} has mistakes.`.replace(`${file}:`, ''),
      '',
    ]);
    const unknown = write(
      'unknown.yaml',
      'scenarios:\n  - { name: one, events: [{ name: X }], expect: [{ rule: nobody }] }\n',
    );
    expect((await rules(['test', drl, unknown])).err).toContain(
      'package com.example.shop has no rule "nobody"; it has "wants help".',
    );
  });

  it('colours for a person only', async () => {
    const file = write('ok.yaml', 'scenarios:\n  - { name: one, events: [{ name: X }], expect: [] }\n');
    expect((await rules(['test', drl, file])).out).not.toContain('\u001b');
    expect((await rules(['test', drl, file], '', true)).out).toContain('\u001b[32mok\u001b[39m');
  });
});

describe('beckon rules check', () => {
  it('lists every mistake with file, line and column', async () => {
    const broken = write(
      'broken.drl',
      'package com.example.broken\nrule "r"\nwhen\n  Event( evntName == "x" )\nthen emitVisit( "r" ); end\n',
    );
    const { code, out } = await rules(['check', drl, broken]);
    expect(code).toBe(1);
    expect(out).toMatch(/shop\.drl: ok, package com\.example\.shop, 1 rule\n/);
    expect(out).toMatch(/broken\.drl:4:\d+: error: .*evntName/);
    const json = await rules(['check', '--json', drl, broken]);
    const rows = json.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([
      { ok: true, package: 'com.example.shop', rules: ['wants help'] },
      { ok: false, package: null, errors: [{ line: 4 }] },
    ]);
  });

  it('wants a file', async () => {
    expect((await rules(['check'])).code).toBe(2);
    expect((await rules(['check', folder])).err).toContain('this is a folder, not a file');
  });
});
