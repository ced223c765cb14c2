// Reads the options of one application, cluster or node, and lays a node's values over the cluster's.
import { type Options, defaultOf, optionSections } from './catalogue.js';
import type { OptionRow, OptionScope, SectionRows } from './option-row.js';
import { type Field, type YamlReader, isUnset, quoted } from './yaml-reader.js';

/** Values by section and option; for an option with `<object>`, a record by object. */
export type OptionLayer = Map<string, Map<string, unknown>>;

interface Found {
  name: string;
  row: OptionRow;
  /** The word in the place of `<object>`. */
  object?: string;
}

/**
 * The row that an option's written name means: its own name, an alias, or one of the names with `<object>`.
 */
function rowOf(rows: SectionRows, written: string): Found | undefined {
  if (Object.hasOwn(rows, written)) {
    const row = rows[written];
    if (row !== undefined && row.objects === undefined) return { name: written, row };
  }
  for (const [name, row] of Object.entries(rows)) {
    if (row.aliases?.includes(written) === true) return { name, row };
    const object = row.objects?.find((word) => name.replace('<object>', word) === written);
    if (object !== undefined) return { name, row, object };
  }
  return undefined;
}

/** All names that may be written in a section. */
function writableNames(rows: SectionRows): string[] {
  return Object.entries(rows).flatMap(
    ([name, row]) => row.objects?.map((word) => name.replace('<object>', word)) ?? [name],
  );
}

/** Another section that has an option of this name, for who mistook the section. */
function sectionWith(name: string): string | undefined {
  return Object.entries(optionSections).find(([, rows]) => rowOf(rows, name) !== undefined)?.[0];
}

const places: Readonly<Record<OptionScope, string>> = {
  cluster: 'may be set for the cluster only',
  node: 'may be set for a node only',
  either: 'may be set anywhere',
  accessPoint: 'may be set for a Resource Access Point or the cluster only',
};

function readOption(reader: YamlReader, field: Field, row: OptionRow): unknown {
  if (row.forgiving !== true) return reader.value(field, row.type, { sensitive: row.sensitive === true });
  const written = reader.written(field);
  const value = written === undefined ? undefined : row.type.parse(written);
  if (value === undefined) {
    reader.warning(
      field,
      `must be ${row.type.allowed}${quoted(written)}; taken as ${row.default ?? 'unset'}`,
    );
  }
  return value;
}

/** Whose options are read. */
export type OptionPlace = 'cluster' | 'node' | 'accessPoint';

function isAllowed(scope: OptionScope, place: OptionPlace): boolean {
  if (scope === 'either') return place !== 'accessPoint';
  return scope === place || (scope === 'accessPoint' && place === 'cluster');
}

function readSection(reader: YamlReader, section: Field, rows: SectionRows, place: OptionPlace) {
  const values = new Map<string, unknown>();
  for (const [written, field] of reader.entries(section)) {
    const found = rowOf(rows, written);
    if (found === undefined) {
      const home = sectionWith(written);
      if (home === undefined) reader.unknownName(field, 'option', written, writableNames(rows));
      else reader.problem(field, `is not an option of this section, but of ${home}`);
      continue;
    }
    if (isUnset(field)) continue;
    const { name, row, object } = found;
    if (!isAllowed(row.scope, place)) {
      reader.problem(field, places[row.scope]);
      continue;
    }
    if (row.reserved === true) reader.warning(field, 'has no effect in this version');
    const value = readOption(reader, field, row);
    if (value === undefined) continue;
    if (object !== undefined)
      values.set(name, { ...(values.get(name) as object | undefined), [object]: value });
    else if (values.has(name)) reader.problem(field, `is the same option as ${name}, which is set too`);
    else values.set(name, value);
  }
  return values;
}

/** The options under `field`; every difference from the catalogue is noted in `reader`. */
export function readOptions(reader: YamlReader, field: Field | undefined, place: OptionPlace): OptionLayer {
  const layer: OptionLayer = new Map();
  if (field === undefined) return layer;
  for (const [written, entry] of reader.entries(field)) {
    // The section of an access point had another name once.
    const section = place === 'accessPoint' && written === 'cluster' ? 'cassandraClient' : written;
    const rows = Object.hasOwn(optionSections, section) ? optionSections[section] : undefined;
    if (rows === undefined) reader.unknownName(entry, 'section', section, Object.keys(optionSections));
    else layer.set(section, readSection(reader, entry, rows, place));
  }
  return layer;
}

/** All options: a node's value, else the cluster's, else the default. */
export function mergedOptions(cluster: OptionLayer, node: OptionLayer): Options {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const [section, rows] of Object.entries(optionSections)) {
    const values: Record<string, unknown> = {};
    for (const [name, row] of Object.entries(rows)) {
      values[name] = node.get(section)?.get(name) ?? cluster.get(section)?.get(name) ?? defaultOf(row);
    }
    merged[section] = values;
  }
  // The catalogue gives both the names and the types, row by row.
  return merged as unknown as Options;
}
