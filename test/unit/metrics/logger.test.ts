// The log: which records go where, how they look, what they hide, and when a file is begun anew.
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration, type Options } from '../../../src/config/index.js';
import { createLogger } from '../../../src/metrics/index.js';
import { LogFile, fileLimits } from '../../../src/metrics/log-file.js';
import { compilePattern, type LogRecord } from '../../../src/metrics/log-pattern.js';

function defaultLog(): Options['log'] {
  const text = [
    'cluster: { application: C, options: { chat: { queueKey: 1:webme } } }',
    'nodes: [{ application: N, host: h, ports: { default: 0, ui: 0, server/data/rules/deploy: 0 } }]',
    'agentGroups: [{ name: Web Engagement Chat }]',
    'application: { name: a, folder: f }',
  ].join('\n');
  const result = loadConfiguration({ file: 'test.yaml', text });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.configuration.options.log;
}

function logTo(changes: Partial<Options['log']>) {
  const lines: string[] = [];
  const errors: string[] = [];
  const places = { stdout: (line: string) => lines.push(line), stderr: (line: string) => errors.push(line) };
  const logger = createLogger({ ...defaultLog(), ...changes }, places);
  return { logger, lines, errors };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beckon-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('levels', () => {
  const written = (verbose: Options['log']['verbose']) => {
    const { logger, lines } = logTo({ verbose, 'message-format': 'short' });
    logger.error('error');
    logger.info('info');
    logger.debug('debug');
    logger.trace('trace');
    return lines.map((line) => line.trimEnd().split(' ').at(-1));
  };

  it('follow `verbose`', () => {
    expect(written('none')).toEqual([]);
    expect(written('standard')).toEqual(['error', 'info']);
    expect(written('trace')).toEqual(['error', 'info', 'debug']);
    expect(written('debug')).toEqual(['error', 'info', 'debug', 'trace']);
    expect(written('all')).toEqual(['error', 'info', 'debug', 'trace']);
  });

  it('follow `verbose` for affected loggers alone', () => {
    const { logger, lines } = logTo({ verbose: 'debug', affectedLoggers: ['rules'] });
    logger.child({ name: 'rules' }).debug('seen');
    logger.child({ name: 'edge' }).debug('not seen');
    logger.child({ name: 'edge' }).info('seen too');
    logger.debug('not seen');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('rules: seen');
  });
});

describe('outputs', () => {
  it('are those of every option whose level a record has, each once', () => {
    const file = join(folder, 'deep', 'trace.log');
    const { logger, lines, errors } = logTo({
      verbose: 'all',
      all: ['stdout', 'stdout'],
      standard: ['stderr'],
      trace: [file],
      debug: [],
    });
    logger.info('standard');
    logger.debug('trace');
    logger.trace('debug');
    expect(lines).toHaveLength(3);
    expect(errors).toHaveLength(1);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });

  it('cannot be a file in a folder that cannot be', () => {
    expect(() => logTo({ all: [join('/dev/null', 'x.log')] })).toThrow();
  });
});

describe('layouts', () => {
  it('tell time, level, part, message and what else was logged', () => {
    const { logger, lines } = logTo({ time_convert: 'utc', time_format: 'ISO8601' });
    logger.child({ name: 'rules' }).warn({ count: 3, why: 'two words' }, 'odd');
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN {2}rules: odd count=3 why="two words"\n$/,
    );
  });

  it('are JSON when full', () => {
    const { logger, lines } = logTo({ 'message-format': 'full' });
    logger.info({ count: 3 }, 'odd');
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 30, count: 3, msg: 'odd' });
  });

  it('keep a record on its line', () => {
    const { logger, lines } = logTo({});
    logger.info({ text: 'a\nb' }, 'one\r\n00:00:00 ERROR forged');
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).not.toMatch(/[\r\n]/);
  });

  it('follow a pattern of their own', () => {
    const record: LogRecord = { time: 0, level: 'INFO', name: 'edge', message: 'up', rest: { port: 9081 } };
    const utc = { format: 'time', zone: 'utc' } as const;
    const layout = (pattern: string) => compilePattern(pattern, utc)(record);
    expect(layout('%d{ISO8601} %-5p [%t] %c - %m%n')).toBe(
      '1970-01-01T00:00:00.000Z INFO  [edge] edge - up\n',
    );
    expect(layout('%d %6p|%X')).toBe('00:00:00.000   INFO|port=9081\n');
    expect(layout('100%% %q')).toBe('100% %q\n');
    expect(logTo({ 'message-format': 'custom', outputPattern: '<%m>' })).toMatchObject({ lines: [] });
  });

  it('give local time with its offset', () => {
    const layout = compilePattern('%d', { format: 'ISO8601', zone: 'local' });
    const text = layout({ time: 1_700_000_000_000, level: '', name: '', message: '', rest: {} }).trim();
    expect(Date.parse(text)).toBe(1_700_000_000_000);
  });
});

describe('secrets', () => {
  it('are never written, and personal data not when it is suppressed', () => {
    const record = {
      password: 'swordfish',
      request: { authorization: 'Basic c3dvcmRmaXNo', ip: '198.51.100.7' },
      userData: { name: 'Jane' },
      text: 'my secret wish',
    };
    const open = logTo({});
    open.logger.info(record, 'a request');
    expect(open.lines[0]).not.toMatch(/swordfish|c3dv/);
    expect(open.lines[0]).toContain('Jane');
    const suppressed = logTo({ 'suppress-data': true });
    suppressed.logger.info(record, 'a request');
    expect(suppressed.lines[0]).not.toMatch(/swordfish|c3dv|Jane|wish|198/);
    expect(suppressed.lines[0]).toContain('a request');
  });
});

describe('a log file', () => {
  const finished = () => readdirSync(folder).filter((name) => name !== 'a.log');

  it('is begun anew when it is full, and only so many are kept', () => {
    let nowMs = Date.now();
    const file = new LogFile(join(folder, 'a.log'), { bytesMax: 20, keptMax: 2 }, () => nowMs);
    for (let index = 0; index < 10; index++) {
      file.write(`line number ${index}\n`);
      nowMs += index % 2;
    }
    file.close();
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('line number 9\n');
    expect(finished().map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
      'line number 7\n',
      'line number 8\n',
    ]);
  });

  it('is begun anew when it is old, and finished ones go in time', () => {
    let nowMs = Date.now();
    const file = new LogFile(join(folder, 'a.log'), { ageMaxMs: 3_600_000, keptMs: 86_400_000 }, () => nowMs);
    file.write('first\n');
    nowMs += 3_600_000;
    file.write('second\n');
    expect(finished()).toHaveLength(1);
    utimesSync(join(folder, finished()[0]!), 1, 1);
    nowMs += 3_600_000;
    file.write('third\n');
    file.close();
    expect(finished().map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['second\n']);
  });

  it('goes on where it was', () => {
    for (const text of ['one\n', 'two\n']) {
      const file = new LogFile(join(folder, 'a.log'), { bytesMax: 100 });
      file.write(text);
      file.close();
    }
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('one\ntwo\n');
  });

  it('has the limits that the options state', () => {
    expect(fileLimits('10 MB', '10')).toEqual({ bytesMax: 10_485_760, keptMax: 10 });
    expect(fileLimits('500', '3 file')).toEqual({ bytesMax: 512_000, keptMax: 3 });
    expect(fileLimits('24 hr', '7 day')).toEqual({ ageMaxMs: 86_400_000, keptMs: 604_800_000 });
    expect(fileLimits('false', 'false')).toEqual({});
  });

  it('that takes no more is told once, and records go to the standard error output', () => {
    const { logger, errors } = logTo({ all: ['/dev/full'], standard: [], trace: [], debug: [] });
    logger.info('one');
    logger.info('two');
    expect(errors).toHaveLength(3);
    expect(errors[0]).toContain('The log file /dev/full cannot be written');
    expect(errors[1]).toContain('one');
  });
});
