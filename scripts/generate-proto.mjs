// Writes the TypeScript types of the messages between nodes from proto/, with the generator that comes with
// the library which reads them at run time. `--check` writes nothing, and fails when a file is not what
// proto/ says.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'src/transport/peers/generated');
const generator = join(root, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js');

/** The same as `peersService` reads the messages with. */
const reading = ['--longs=Number', '--enums=String', '--defaults', '--arrays', '--oneofs'];
const naming = ['--inputTemplate=%sInput', '--outputTemplate=%s', '--importFileExtension=.js'];

/** Path -> text of all files under `folder`, sorted. */
function filesOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.sort().map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]));
}

function generate() {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'beckon-proto-'));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        generator,
        ...reading,
        ...naming,
        '--grpcLib=@grpc/grpc-js',
        '-I=proto',
        `-O=${draft}`,
        'beckon/v1/peers.proto',
      ],
      { cwd: root, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`the generator failed: ${stderr}`);
    const lines = (text) => `${text.replace(/[ \t]+$/gm, '').trimEnd()}\n`;
    return new Map([...filesOf(draft)].map(([path, text]) => [path, lines(text)]));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const wanted = generate();
if (process.argv.includes('--check')) {
  const found = filesOf(folder);
  const paths = [...new Set([...wanted.keys(), ...found.keys()])];
  const stale = paths.filter((path) => wanted.get(path) !== found.get(path));
  if (stale.length > 0) {
    process.stderr.write(`not what proto/ says: ${stale.join(', ')}; run \`npm run proto\`\n`);
    process.exit(1);
  }
} else {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of wanted) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
