/** `beckon rules run`: every case recorded from Drools, streams, bad lines, wrong calls. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rules } from './terminal.js';

const cases = resolve(import.meta.dirname, '../../rules/cases');
const folders = readdirSync(cases, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const folder = mkdtempSync(join(tmpdir(), 'beckon-rules-run-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Row {
  visitID: string;
  eventID: string | null;
  rule: string;
  timestamp: number;
  basedOn: string | null;
  emitted?: boolean;
}

function rowsOf(text: string): Row[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}

/**
 * The recorded firings of case 80 are those of events without a language, though its events name one: they
 * are fed as they were recorded.
 */
function eventsOf(name: string): { file: string; input: string } {
  const file = join(cases, name, 'events.jsonl');
  if (name !== '80-query-null-fields') return { file, input: '' };
  return {
    file: '-',
    input: readFileSync(file, 'utf8').replaceAll('"languageCode": "en-US"', '"languageCode": null'),
  };
}

/** In the order of the file, but several matches of one rule at one moment in the order of their base. */
function comparable(rows: readonly Row[]): string[] {
  const runs: Row[][] = [];
  for (const row of rows) {
    const last = runs.at(-1)?.[0];
    const same =
      last?.visitID === row.visitID &&
      last.rule === row.rule &&
      last.timestamp === row.timestamp &&
      last.eventID === row.eventID;
    if (same) runs.at(-1)?.push(row);
    else runs.push([row]);
  }
  return runs
    .flatMap((run) => run.sort((left, right) => (left.basedOn ?? '').localeCompare(right.basedOn ?? '')))
    .map(({ visitID, eventID, rule, timestamp, basedOn }) =>
      JSON.stringify({ visitID, eventID, rule, timestamp, basedOn }),
    );
}

describe('beckon rules run', () => {
  it('finds the cases', () => {
    expect(folders.length).toBeGreaterThan(25);
  });

  it.each(folders.map(({ name }) => name))('prints what Drools fired: %s', async (name) => {
    const { file, input } = eventsOf(name);
    const { code, out, err } = await rules(['run', join(cases, name, 'rules.drl'), file], input);
    expect(err).toBe('');
    expect(code).toBe(0);
    const wanted = rowsOf(readFileSync(join(cases, name, 'firings.jsonl'), 'utf8')).filter(
      ({ emitted }) => emitted !== false,
    );
    expect(comparable(rowsOf(out))).toEqual(comparable(wanted));
    for (const row of rowsOf(out))
      expect(Object.keys(row)).toEqual(['visitID', 'eventID', 'rule', 'timestamp', 'basedOn']);
  });

  const simple = join(cases, '01-singleton-name', 'rules.drl');

  it('tells bad lines as file:line, goes on, and fails', async () => {
    const [good = ''] = readFileSync(join(cases, '01-singleton-name', 'events.jsonl'), 'utf8').split('\n');
    const file = join(folder, 'bad.jsonl');
    const event = JSON.parse(good) as object;
    const lines = [
      '{nonsense',
      '',
      '[]',
      '{"tick": "soon"}',
      JSON.stringify({ ...event, timestamp: -1 }),
      JSON.stringify({ ...event, eventType: 'ACTIONABLE' }),
      good,
    ];
    writeFileSync(file, lines.join('\r\n'));
    const { code, out, err } = await rules(['run', simple, file]);
    expect(code).toBe(1);
    expect(err.split('\n').map((line) => line.replace(folder, ''))).toEqual([
      expect.stringMatching(/^\/bad\.jsonl:1: not JSON/),
      '/bad.jsonl:3: must be a JSON object: an event, or {"tick": milliseconds}',
      '/bad.jsonl:4: tick must be epoch milliseconds, a whole number from 0',
      '/bad.jsonl:5: timestamp must be epoch milliseconds, a whole number from 0',
      expect.stringMatching(/^4 lines of .*bad\.jsonl could not be read\.$/),
      '',
    ]);
    const whole = await rules(['run', simple, '-'], good);
    expect(out).toBe(whole.out);
  });

  it('streams a file of many lines', async () => {
    const template = JSON.parse(
      readFileSync(join(cases, '01-singleton-name', 'events.jsonl'), 'utf8').split('\n')[0] ?? '',
    ) as { eventName: string };
    const drl = join(folder, 'each.drl');
    writeFileSync(
      drl,
      `package com.example\nrule "each" when $e : Event( eventName == "${template.eventName}" ) ` +
        'then emitActionable( $e, "each" ); end\n',
    );
    const file = join(folder, 'many.jsonl');
    const count = 20_000;
    const lines = Array.from({ length: count }, (_, index) =>
      JSON.stringify({
        ...template,
        eventID: `E${index}`,
        visitID: `V${index % 500}`,
        timestamp: 1_000 + index,
      }),
    );
    writeFileSync(file, lines.join('\n'));
    const { code, out } = await rules(['run', drl, file]);
    expect(code).toBe(0);
    expect(rowsOf(out).map(({ eventID }) => eventID)).toEqual(lines.map((_, index) => `E${index}`));
  });

  it('says what is wrong with a call', async () => {
    for (const args of [
      [],
      ['frob'],
      ['run'],
      ['run', simple],
      ['run', simple, 'a', 'b'],
      ['run', simple, '-', '--what'],
    ])
      expect((await rules(args)).code, args.join(' ')).toBe(2);
    const missing = await rules(['run', simple, join(folder, 'none.jsonl')]);
    expect(missing).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/none\.jsonl: there is no such file\n$/) as string,
    });
    const noRules = await rules(['run', join(folder, 'none.drl'), '-']);
    expect(noRules).toMatchObject({
      code: 1,
      err: expect.stringContaining('none.drl: there is no such file') as string,
    });
    const broken = join(folder, 'broken.drl');
    writeFileSync(
      broken,
      'package com.example\nrule "r" when Event( evntName == "x" ) then emitVisit( "r" ); end\n',
    );
    const refused = await rules(['run', broken, '-']);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/broken\.drl:2:\d+: error: /);
  });
});
