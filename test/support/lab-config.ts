/** A lab's configuration made for one test: the shipped application with the options that the test needs. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';

export type SectionOptions = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** Writes the file and gives its path. */
export async function writeLabConfig(options: SectionOptions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-config-'));
  const file = join(folder, 'lab.yaml');
  const configuration = {
    cluster: { application: 'GWE_Cluster', options },
    nodes: [
      {
        application: 'GWE_Node1',
        host: '127.0.0.1',
        ports: { default: 9081, ui: 9082, 'server/data/rules/deploy': 9083 },
        options: { log: { all: 'stdout', verbose: 'all' } },
      },
    ],
    agentGroups: [{ name: 'Web Engagement Chat' }],
    application: { name: 'playground', folder: resolve('apps/playground') },
  };
  await writeFile(file, stringify(configuration));
  return file;
}

/** The same from the file that a lab is shipped with, its agents among it; `ports` are added to its own. */
export async function writeShippedLabConfig(
  options: SectionOptions,
  ports: Readonly<Record<string, number>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-config-'));
  const file = join(folder, 'lab.yaml');
  const shipped = parse(await readFile(resolve('config/lab.yaml'), 'utf8')) as {
    cluster: { options: Record<string, object> };
    nodes: [{ ports: Record<string, number> }];
    application: { folder: string };
  };
  const sections = shipped.cluster.options;
  for (const [name, section] of Object.entries(options)) sections[name] = { ...sections[name], ...section };
  Object.assign(shipped.nodes[0].ports, ports);
  shipped.application.folder = resolve('apps/playground');
  await writeFile(file, stringify(shipped));
  return file;
}
