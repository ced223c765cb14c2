// The whole option catalogue: sections and options by the guide's names, and the types and defaults they
// imply.
import { assert } from '../base/index.js';
import { security, web } from './catalogue/access.js';
import { beckon } from './catalogue/beckon.js';
import { cluster } from './catalogue/cluster.js';
import { cassandraClient, cassandraKeyspace, elasticsearch, kibana, resource } from './catalogue/data.js';
import { chat, cometd, pacing } from './catalogue/media.js';
import { log, metrics } from './catalogue/operations.js';
import { cep, engagement, privacy, queues, userData } from './catalogue/visits.js';
import type { OptionRow, SectionRows, SectionValues } from './option-row.js';

export const optionCatalogue = {
  cassandraKeyspace,
  cassandraClient,
  resource,
  elasticsearch,
  privacy,
  cep,
  chat,
  cometd,
  engagement,
  kibana,
  metrics,
  pacing,
  queues,
  userData,
  log,
  security,
  web,
  cluster,
  beckon,
} as const satisfies Readonly<Record<string, SectionRows>>;

type Catalogue = typeof optionCatalogue;
export type SectionName = keyof Catalogue;

/**
 * Every option's value: `options.engagement.visitExpirationTime`. Durations keep the unit that the row names.
 */
export type Options = { readonly [Section in SectionName]: SectionValues<Catalogue[Section]> };

/** The catalogue by plain names, for code that walks it. */
export const optionSections: Readonly<Record<string, SectionRows>> = optionCatalogue;

/** What an absent option is worth. */
export function defaultOf(row: OptionRow): unknown {
  if (row.objects !== undefined) return {};
  if (row.default === undefined) return undefined;
  const value = row.type.parse(row.default);
  assert(value !== undefined, `the default ${row.default} must be ${row.type.allowed}`);
  return value;
}

export interface CataloguedOption {
  readonly section: string;
  readonly name: string;
  readonly row: OptionRow;
}

/** All rows, in the catalogue's order. */
export function allOptions(): CataloguedOption[] {
  return Object.entries(optionSections).flatMap(([section, rows]) =>
    Object.entries(rows).map(([name, row]) => ({ section, name, row })),
  );
}
