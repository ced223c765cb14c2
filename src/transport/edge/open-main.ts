/** Entry point of `npm run bayeux:open`: starts the open endpoint and stops it on a signal. */
import { AppError } from '../../base/index.js';
import { createOpenBayeux, parseOpenBayeuxOptions } from './open-bayeux.js';

async function serve(args: readonly string[]): Promise<void> {
  const options = parseOpenBayeuxOptions(args);
  const edge = createOpenBayeux(options);
  const port = await edge.listen();
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  process.stdout.write(`Bayeux, open to all, at http://${host}:${port}${options.path} (${edge.wire})\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void edge.close().then(() => process.exit(0)));
  }
}

try {
  await serve(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`bayeux:open: ${error.message}\n`);
  process.exit(error.code === 'BAD_REQUEST' ? 2 : 1);
}
