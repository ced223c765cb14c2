// Writes docs/reference/ from the catalogues of options, metrics, alarms and errors, and the tables.
// `--check` writes nothing, and fails when a page is not what the catalogues say.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'docs/reference');

/** The catalogues, bundled in memory. */
async function loadCatalogues() {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { allOptions } from './src/config/index.js';
        export { alarmCatalogue, metricCatalogue } from './src/metrics/index.js';
        export { errorTable } from './src/base/index.js';
        export { cassandraTables, schemaSteps } from './src/stores/index.js';`,
      resolveDir: root,
    },
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  // The packages that the bundle imports are found from where it lies.
  const file = join(root, 'node_modules', '.cache', 'beckon-catalogues', `${process.pid}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, outputFiles[0].text);
  try {
    return await import(file);
  } finally {
    rmSync(file, { force: true });
  }
}

const head = (title, source) =>
  `<!-- Generated from ${source}; change it there, then run \`npm run docs\`. -->\n\n# ${title}\n\n`;

/** Text whose signs mean nothing to Markdown, save for `code` in it. */
function prose(text) {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('*', '\\*')))
    .join('');
}

/** Text in a cell of a table. */
const cell = (text) => prose(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

const code = (text) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const table = (columns, rows) =>
  [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

const sources = {
  guide: "the product's guide",
  web: "the product's public option pages",
  own: 'chosen for Beckon',
};
const scopes = {
  cluster: 'cluster',
  node: 'node',
  either: 'cluster or node',
  accessPoint: 'a Resource Access Point, or the cluster',
};

/** What a row says beside its meaning, as [fact, words]. */
function optionFacts({
  type,
  objects,
  mandatory,
  sensitive,
  aliases,
  forgiving,
  reserved,
  scope,
  takesEffect,
  source,
  ...row
}) {
  const facts = [['Value', prose(type.allowed)]];
  if (reserved) facts.push(['Effect', 'none in this version; it is read and checked']);
  if (objects !== undefined) facts.push(['`<object>`', objects.map(code).join(', ')]);
  if (row.default === undefined) facts.push(['Default', 'none']);
  else facts.push(['Default', `${row.default === '' ? 'empty' : code(row.default)} (${sources[source]})`]);
  facts.push(['Set for', scopes[scope]]);
  facts.push(['Takes effect', takesEffect === 'restart' ? 'at the next start' : 'immediately']);
  if (mandatory) facts.push(['Mandatory', 'what needs it stays off without it']);
  if (sensitive) facts.push(['Secret', 'never printed']);
  if (aliases !== undefined) facts.push(['Also written', aliases.map(code).join(', ')]);
  if (forgiving) facts.push(['Wrong value', 'replaced by the default, with a warning']);
  return facts;
}

function optionSection(section, options) {
  const entries = options.map(({ name, row }) => {
    const facts = optionFacts(row).map(([fact, words]) => `- ${fact}: ${words}\n`);
    return `### ${prose(name)}\n\n${prose(row.meaning)}\n\n${facts.join('')}`;
  });
  return `## ${section}\n\n${entries.join('\n')}`;
}

function optionsPage({ allOptions }) {
  const options = allOptions();
  const sections = [...new Set(options.map(({ section }) => section))];
  const contents = sections.map((name) => `- [${name}](#${name.toLowerCase()})\n`).join('');
  const bodies = sections.map((name) =>
    optionSection(
      name,
      options.filter(({ section }) => section === name),
    ),
  );
  return `${head('Options', 'src/config/catalogue/')}\
The ${options.length} options that a configuration file may hold, by section. A node's value overrides the
cluster's, and that the default. Names are case-sensitive, and an unknown one is an error. Lists are written
with commas or as YAML lists. How a file is laid out
is told in [configuration](../operating/configuration.md).

${contents}
${bodies.join('\n')}`;
}

function metricsPage({ metricCatalogue, alarmCatalogue }) {
  const metrics = metricCatalogue.map(({ name, guideName, kind, unit, labels = [], help }) => [
    `\`${name}\``,
    guideName === undefined ? '' : `\`${guideName}\``,
    kind,
    unit ?? '',
    labels.map((label) => `\`${label}\``).join(', '),
    cell(help),
  ]);
  const alarms = alarmCatalogue.map((alarm) => [
    cell(alarm.name),
    alarm.detectId,
    alarm.cancelId,
    `\`${cell(alarm.detectText)}\``,
    `\`${cell(alarm.cancelText)}\``,
    alarm.option === undefined ? '' : `\`${alarm.option}\``,
  ]);
  return `${head('Metrics and alarms', 'src/metrics/')}\
## Metrics

\`GET /metrics\` publishes them in the Prometheus text format. Where the guide has a name for a metric, its
dots are underscores here, because Prometheus allows none.

${table(['Metric', "Guide's name", 'Kind', 'Unit', 'Labels', 'What it says'], metrics)}
## Alarms

While \`metrics/reporter.messageServer.enabled\` is true, the node looks at these every
\`metrics/reporter.messageServer.logFrequency\`. It writes the detect text to the log once when the state
turns bad (level standard), and the cancel text once when it turns good again (level trace), with the id in
the field \`alarm\`.

${table(['Alarm', 'Detect id', 'Cancel id', 'Detect text', 'Cancel text', 'Threshold'], alarms)}`;
}

function errorsPage({ errorTable }) {
  const rows = Object.entries(errorTable).map(([name, { status, retryable, meaning }]) => [
    `\`${name}\``,
    status,
    retryable ? 'yes' : 'no',
    cell(meaning),
  ]);
  return `${head('Errors', 'src/base/errors.ts')}\
A refused request gets this HTTP status and the body \`{"error": CODE, "message": text}\`, with \`"field"\`
where one field is at fault. "Repeat" says whether the same request may succeed later.

${table(['Code', 'Status', 'Repeat', 'Meaning'], rows)}`;
}

function schemaTable(number, name, definition) {
  const clustering = new Map(definition.clusteringKey.map((column) => column.split(' ')));
  const columns = Object.entries(definition.columns).map(([column, type]) => {
    const order = clustering.get(column) === undefined ? 'upwards' : 'downwards';
    const inKey = clustering.has(column) ? `clustering, ${order}` : '';
    const key = definition.partitionKey.includes(column) ? 'partition' : inKey;
    return [`\`${column}\``, `\`${type}\``, key];
  });
  const { retention, compaction, indexes, step, bounds, purpose } = definition;
  const facts = [
    ['Schema step', step],
    ['A partition holds', prose(bounds)],
    ['Time to live', retention === undefined ? 'none' : `\`retention.entity.${retention}\``],
    ...(compaction === 'window' ? [['Compaction', 'by windows of one day']] : []),
    ...(compaction === 'levels' ? [['Compaction', 'by levels']] : []),
    ...Object.entries(indexes ?? {}).map(([index, column]) => ['Index', `\`${index}\` on \`${column}\``]),
  ].map(([fact, words]) => `- ${fact}: ${words}\n`);
  const made = table(['Column', 'Type', 'Key'], columns);
  return `## ${number}. ${name}\n\n${prose(purpose)}\n\n${made}\n${facts.join('')}`;
}

function schemaPage({ cassandraTables, schemaSteps }) {
  const steps = schemaSteps.map(({ what }, index) => `${index + 1}. ${prose(what)}\n`).join('');
  const bodies = Object.entries(cassandraTables).map(([name, definition], index) =>
    schemaTable(index + 1, name, definition),
  );
  return `${head('Tables in Cassandra', 'src/stores/cassandra/')}\
What a node keeps in the keyspace \`cassandraKeyspace/name\`. A read names one partition, one page of
tokens, or an id in an index; none filters. Dates are epoch milliseconds, hours and days the same
divided by 3,600,000 and 86,400,000. Which step the keyspace has reached stands in the table
\`schema_state\`, whose column \`holder\` is the lock of the node that is changing it.

The steps of the schema:

${steps}
${bodies.join('\n')}`;
}

const catalogues = await loadCatalogues();
const pages = {
  'options.md': optionsPage(catalogues),
  'metrics.md': metricsPage(catalogues),
  'errors.md': errorsPage(catalogues),
  'schema.md': schemaPage(catalogues),
};

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const stale = Object.entries(pages).filter(([name, text]) => textOf(join(folder, name)) !== text);
if (process.argv.includes('--check')) {
  for (const [name] of stale)
    console.error(`docs/reference/${name} is not what the catalogues say: npm run docs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of stale) writeFileSync(join(folder, name), text);
  console.log(
    stale.length === 0 ? 'docs/reference is fresh' : `wrote ${stale.map(([name]) => name).join(', ')}`,
  );
}
