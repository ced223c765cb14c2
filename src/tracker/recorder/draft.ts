/** An event as the recorder writes it, and its text in a DSL file. */

export interface DraftValue {
  name: string;
  value: string;
}

export interface Draft {
  name: string;
  action: string;
  element: string;
  url: string;
  condition: string;
  values: DraftValue[];
}

/** What a person may choose, beside typing any other. */
export const actionChoices = [
  'click',
  'submit',
  'change',
  'focus',
  'enterkey',
  'mouseover',
  'enterviewport:1000',
  'rageclick:3',
  'formabandon',
  'exitintent',
  'scroll:75',
  'timer:30000',
];

/** The draft as an `<event>`; its id is its name with a number when the name is taken. */
export function xmlOf(draft: Draft, takenIds: ReadonlySet<string> = new Set()): string {
  const { name, action, element, url, condition, values } = draft;
  const id = freeId(name, takenIds);
  const type = action.startsWith('timer:') ? { type: 'timeout' } : {};
  const trigger = tag('trigger', { name: `${id}Trigger`, element, action, ...type, url, count: '1' }, '/>');
  const lines = values.map(({ name, value }) => `  ${tag('val', { name, value }, '/>')}`);
  const start = tag('event', { id, name, ...(condition === '' ? {} : { condition }) }, '>');
  return [start, `  ${trigger}`, ...lines, '</event>'].join('\n');
}

/** A whole file with these events. */
export function fileOf(events: readonly string[]): string {
  const inner = events.map((event) => event.replace(/^/gm, '    ')).join('\n');
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n<properties>\n  <events>';
  return `${head}\n${inner}\n  </events>\n</properties>\n`;
}

/** The site's file with more events at its end; undefined when it has no place for them. */
export function withEvents(file: string, events: readonly string[]): string | undefined {
  const end = /\n?[ \t]*<\/events>(?![^]*<\/events>)/.exec(file);
  if (end === null) return undefined;
  const inner = events.map((event) => event.replace(/^/gm, '    ')).join('\n');
  return `${file.slice(0, end.index)}\n${inner}${file.slice(end.index).replace(/^\n?/, '\n')}`;
}

/** The ids that a file has, comments included, so that none comes twice. */
export function idsOf(file: string): Set<string> {
  return new Set(Array.from(file.matchAll(/<event\b[^>]*?\bid="([^"]+)"/g), (match) => match[1] ?? ''));
}

function freeId(name: string, taken: ReadonlySet<string>): string {
  const base = name.replace(/[^\w.-]+/g, '') || 'Event';
  let id = base;
  for (let number = 2; taken.has(id); number++) id = `${base}${number}`;
  return id;
}

function tag(name: string, attributes: Record<string, string>, end: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${written.join('')}${end}`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
