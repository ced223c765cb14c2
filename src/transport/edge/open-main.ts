/** Entry point of `npm run bayeux:open`: starts the open endpoint and stops it on a signal. */
import { createOpenBayeux, parseOpenBayeuxOptions } from './open-bayeux.js';

const options = parseOpenBayeuxOptions(process.argv.slice(2));
const edge = createOpenBayeux(options);
const port = await edge.listen();
process.stdout.write(
  `Bayeux, open to all, at http://${options.host}:${port}${options.path} (${edge.wire})\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void edge.close().then(() => process.exit(0)));
}
