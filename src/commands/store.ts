/** `beckon store`: moves everything that a store keeps into a folder, and from a folder into a store. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../base/index.js';
import { openConfiguredStore } from '../node/index.js';
import { exportRows, importRows, type MovedCount, type OnProgress } from '../stores/index.js';
import { type Command, UsageError } from './command.js';
import { readConfiguration } from './read-configuration.js';

const progressIntervalMs = 1_000;

export const store: Command = {
  name: 'store',
  usage: 'export --config FILE --to FOLDER | import --config FILE --from FOLDER  [--node NAME] [--data DIR]',
  summary: 'move everything that is kept between the embedded store and Cassandra, by way of a folder',
  details:
    'The store is the one of the configuration: Cassandra where it has resource access points, else the\n' +
    'embedded one, whose node must be stopped first. A command that was cut short goes on where\n' +
    'it was when it is given again. An import counts at the end whether the store has everything.\n',

  async run([verb, ...rest]) {
    const { values } = parseArgs({
      args: rest,
      options: {
        config: { type: 'string' },
        node: { type: 'string' },
        data: { type: 'string' },
        to: { type: 'string' },
        from: { type: 'string' },
      },
    });
    const folder = verb === 'export' ? values.to : values.from;
    if ((verb !== 'export' && verb !== 'import') || values.config === undefined || folder === undefined) {
      throw new UsageError(
        'expected "export --config FILE --to FOLDER" or "import --config FILE --from FOLDER"',
      );
    }
    const configuration = readConfiguration(values.config, { node: values.node });
    if (configuration === undefined) return 1;
    const dataFolder = values.data === undefined ? undefined : resolve(values.data);
    try {
      const opened = await openConfiguredStore(configuration, dataFolder);
      try {
        return await move(verb, opened, resolve(folder));
      } finally {
        await opened.close();
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
  },
};

async function move(
  verb: 'export' | 'import',
  { store: opened, name }: Awaited<ReturnType<typeof openConfiguredStore>>,
  folder: string,
): Promise<number> {
  if (verb === 'import') return told(await importRows(opened, folder, name, progressTeller()));
  const counts = await exportRows(opened, folder, progressTeller());
  for (const [entity, rows] of Object.entries(counts)) process.stdout.write(`${entity}: ${rows}\n`);
  return 0;
}

/** The counts side by side; 1 when the store lacks a row. */
function told(counts: readonly MovedCount[]): number {
  let lacking = false;
  for (const { entity, exported, stored } of counts) {
    const lacks = stored < exported ? `, ${exported - stored} missing` : '';
    if (lacks !== '') lacking = true;
    process.stdout.write(`${entity}: ${exported} exported, ${stored} in the store${lacks}\n`);
  }
  return lacking ? 1 : 0;
}

/** Says now and then how far it is, and at the end of each kind. */
function progressTeller(): OnProgress {
  let toldMs = -Infinity;
  return (entity, rows, done) => {
    if (!done && performance.now() - toldMs < progressIntervalMs) return;
    toldMs = performance.now();
    process.stderr.write(`${entity}: ${rows} rows${done ? '' : ' …'}\n`);
  };
}
