/**
 * CometD's own Java client and server: fetched by Maven once, compiled once, and run as child processes. What
 * is missing is said in words, because a test that needs it must not pass without it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from '../../support/until.js';

const run = promisify(execFile);
/** Bundled benches run elsewhere, so the folder is found from the project's root. */
const folder = join(process.cwd(), 'test/services/cometd');
const fetchTimeoutMs = 240_000;
const startTimeoutMs = 30_000;

/** Everything that the build depends on, so that another version is another folder. */
function cacheFolder(): string {
  const hash = createHash('sha256').update(readFileSync(join(folder, 'pom.xml')));
  for (const file of readdirSync(join(folder, 'java')).sort()) {
    hash.update(readFileSync(join(folder, 'java', file)));
  }
  const home = process.env.BECKON_SERVICES_HOME ?? join(homedir(), '.cache', 'beckon-services');
  return join(home, 'cometd', hash.digest('hex').slice(0, 16));
}

/** Class path of the compiled programs; the first call on a machine takes Maven's time. */
export async function cometdClassPath(): Promise<string> {
  const cache = cacheFolder();
  const list = join(cache, 'class-path');
  if (!existsSync(list)) {
    const part = `${cache}.${process.pid}`;
    const classes = join(part, 'classes');
    await mkdir(classes, { recursive: true });
    const path = join(part, 'class-path');
    await tool('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), goal, `-Dmdep.outputFile=${path}`]);
    const jars = await readFile(path, 'utf8');
    const sources = readdirSync(join(folder, 'java')).map((file) => join(folder, 'java', file));
    await tool('javac', ['-cp', jars, '-d', classes, ...sources]);
    await writeFile(path, jars);
    // Another process may have been faster; what it made is as good.
    await rename(part, cache).catch(() => rm(part, { recursive: true, force: true }));
  }
  return `${await readFile(list, 'utf8')}:${join(cache, 'classes')}`;
}

const goal = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:build-classpath';

async function tool(name: string, args: readonly string[]): Promise<void> {
  try {
    await run(name, args, { timeout: fetchTimeoutMs });
  } catch (cause) {
    const { code, stdout = '' } = cause as { code?: unknown; stdout?: string };
    const reason = code === 'ENOENT' ? 'it is not installed (a JDK and Maven are needed)' : stdout.trim();
    throw new Error(`${name} could not prepare CometD's Java programs: ${reason}`, { cause });
  }
}

/** One of the Java programs, with lines of JSON coming out. */
export class JavaProgram<Line> {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('the program has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
    });
  }

  static async start<Line>(main: string, options: readonly string[] = []): Promise<JavaProgram<Line>> {
    const args = [...options, '-cp', await cometdClassPath(), main];
    const child = spawn('java', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const program = new JavaProgram<Line>(child);
    await until(() => program.lines.length > 0, `${main} to be ready`, startTimeoutMs);
    return program;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Ends its input, upon which the program leaves. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(timer);
  }
}

export interface JavaMessage {
  channel: string;
  data?: unknown;
  successful?: boolean;
  error?: string;
  advice?: { reconnect?: string };
}

interface AgentLine {
  client: string;
  event: string;
  message: JavaMessage;
}

/** Java clients, all in one process, under names of the test's choice. */
export class JavaClients {
  readonly #program: JavaProgram<AgentLine>;
  #count = 0;

  constructor(program: JavaProgram<AgentLine>) {
    this.#program = program;
  }

  static async start(): Promise<JavaClients> {
    return new JavaClients(await JavaProgram.start<AgentLine>('ClientAgent', ['-Xmx256m']));
  }

  /** A client that tries `transports` in this order. */
  newClient(url: string, transports: readonly string[], ack = false): JavaClient {
    const name = `client-${++this.#count}`;
    const command = (...words: string[]): void => this.#program.send(words.join('\t'));
    command('new', name, url, transports.join(','), ack ? 'ack' : 'plain');
    return new JavaClient(name, command, () => this.#program.lines);
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

export class JavaClient {
  readonly #name: string;
  readonly #command: (...words: string[]) => void;
  readonly #lines: () => AgentLine[];

  constructor(name: string, command: (...words: string[]) => void, lines: () => AgentLine[]) {
    this.#name = name;
    this.#command = command;
    this.#lines = lines;
  }

  /** `command` is one of the agent's: handshake, subscribe, publish, batch, listen, disconnect, abort. */
  tell(command: string, ...words: string[]): void {
    this.#command(command, this.#name, ...words);
  }

  /** What came of one kind, `message` or a meta channel, in order. */
  seen(event: string): JavaMessage[] {
    return this.#lines()
      .filter((line) => line.client === this.#name && line.event === event)
      .map(({ message }) => message);
  }

  /** Data of the messages so far. */
  get data(): unknown[] {
    return this.seen('message').map(({ data }) => data);
  }

  /** Waits for `count` messages of one kind and gives the last of them. */
  async next(event: string, count = 1, timeoutMs = 10_000): Promise<JavaMessage> {
    const message = await until(() => this.seen(event)[count - 1], `${event} at ${this.#name}`, timeoutMs);
    return message;
  }

  /** Shakes hands and waits for the first connect. */
  async start(): Promise<this> {
    this.tell('handshake');
    await this.next('/meta/connect');
    return this;
  }
}
