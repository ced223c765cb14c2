/** Runs a node in this process until it is told to stop. */
import { AppError } from '../base/index.js';
import type { Configuration } from '../config/index.js';
import { createLogger } from '../metrics/index.js';
import { startNode } from '../node/index.js';
import { tlsParametersOf } from '../transport/edge/index.js';
import { distFolder, packageVersion } from './place.js';
import { stopSignal } from './stop-signal.js';

/** Starts the node, says where it is, and resolves with the exit code after SIGINT or SIGTERM. */
export async function runNode(configuration: Configuration): Promise<number> {
  const logger = createLogger(configuration.options.log);
  try {
    const tls = tlsParametersOf(process.env);
    const node = await startNode({ configuration, version: packageVersion(), logger, distFolder, tls });
    const { site, workspace, deploy, server } = node.addresses;
    process.stdout.write(
      `Beckon is ready: site ${site} workspace ${workspace} server ${server} deploy ${deploy}\n`,
    );
    await stopSignal();
    logger.info('stopping');
    await node.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`Beckon cannot start: ${error.message}\n`);
    return 1;
  }
}
