/** The reference page speaks of every row of the catalogues, and of nothing that does not compile. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { methodRows } from '../../../src/rules/checker/methods.js';
import { accumulateRows } from '../../../src/rules/engine/accumulate-functions.js';
import { compilePackage, defaultRuleLimits, familyTemplates } from '../../../src/rules/index.js';
import { operatorRows } from '../../../src/rules/language/operators.js';

const page = readFileSync(new URL('../../../docs/reference/rules.md', import.meta.url), 'utf8');
const flat = page.replace(/\s+/g, ' ');

test('every operator, function and family is on the page with its meaning', () => {
  for (const { name, meaning } of operatorRows) expect(flat).toContain(`\`${name}\` | ${meaning}`);
  for (const { name, args, meaning } of methodRows)
    expect(flat).toContain(`\`${name}(${args.length > 0 ? 'x' : ''})\` | ${meaning}`);
  for (const [name, { meaning }] of Object.entries(accumulateRows))
    expect(flat).toContain(`\`${name}\` | ${meaning}`);
  for (const { label, meaning } of familyTemplates) expect(flat).toContain(`${label} | ${meaning}`);
});

test('the limits on the page are those of the code', () => {
  expect(flat).toContain(`\`stateBytesMax\`) | ${defaultRuleLimits.stateBytesMax / 1024} KB`);
  expect(flat).toContain(
    `\`firingsPerEventMax\`) | ${defaultRuleLimits.firingsPerEventMax.toLocaleString('en')}`,
  );
  expect(flat).toContain(`\`matchesMax\`) | ${defaultRuleLimits.matchesMax.toLocaleString('en')}`);
});

test('the example compiles', () => {
  const example = /```\n(package[\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(compilePackage(example)).toMatchObject({
    ok: true,
    package: { rules: [{ name: 'cart left alone' }] },
  });
});
