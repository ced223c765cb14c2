// Holds docs/reference against the catalogues it is generated from.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorTable } from '../../src/base/index.js';
import { allOptions } from '../../src/config/index.js';
import { alarmCatalogue, metricCatalogue } from '../../src/metrics/index.js';
import { root, textOf } from './tree.js';

describe('docs/reference', () => {
  it('is fresh', { timeout: 30_000 }, () => {
    const run = spawnSync(process.execPath, [join(root, 'scripts/generate-docs.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });

  it('has every option with its meaning', () => {
    const page = textOf('docs/reference/options.md');
    for (const { name, row } of allOptions()) {
      expect(page).toContain(`### ${name.replaceAll('<', '&lt;')}\n`);
      expect(page).toContain(row.meaning.split(/[<*`]/)[0]);
    }
  });

  it('has every metric, alarm and error', () => {
    const metrics = textOf('docs/reference/metrics.md');
    for (const { name, guideName } of metricCatalogue) {
      expect(metrics).toContain(`| \`${name}\` |`);
      if (guideName !== undefined) expect(metrics).toContain(`| \`${guideName}\` |`);
    }
    for (const { detectId, cancelId } of alarmCatalogue) {
      expect(metrics).toContain(`| ${detectId} | ${cancelId} |`);
    }
    const errors = textOf('docs/reference/errors.md');
    for (const [code, { status }] of Object.entries(errorTable)) {
      expect(errors).toContain(`| \`${code}\` | ${status} |`);
    }
  });
});
