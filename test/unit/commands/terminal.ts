/** A terminal that keeps what is written to it, and types what a test gives it. */
import { Readable, Writable } from 'node:stream';
import { isUsageError } from '../../../src/commands/command.js';
import { runRules, type Terminal } from '../../../src/commands/rules/index.js';

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs `beckon rules ARGS…` in this process. */
export function rules(args: readonly string[], input = '', tty = false): Promise<Outcome> {
  return outcomeOf((terminal) => runRules(args, terminal), input, tty);
}

/** Runs a command at a terminal of its own. */
export async function outcomeOf(
  command: (terminal: Terminal) => Promise<number>,
  input = '',
  tty = false,
): Promise<Outcome> {
  const [out, err] = [collector(), collector()];
  const terminal = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: out.stream,
    stderr: err.stream,
    outIsTty: tty,
    errIsTty: tty,
  };
  const code = await Promise.resolve()
    .then(() => command(terminal))
    .catch((error: unknown) => {
      if (!isUsageError(error)) throw error;
      return 2;
    });
  return { code, out: out.text(), err: err.text() };
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
