/** `beckon cluster …`: what an operator may ask of a cluster, or tell it. */
import { parseArgs } from 'node:util';
import { AppError } from '../../base/index.js';
import type { ClusterStatus } from '../../cluster/index.js';
import type { OperatorCommand } from '../../cluster/member/index.js';
import type { Configuration } from '../../config/index.js';
import { peerTlsOf, portsOf } from '../../node/index.js';
import { operate } from '../../transport/peers/index.js';
import { type Command, UsageError } from '../command.js';
import { readConfiguration } from '../read-configuration.js';
import { printStatus } from './print-status.js';

const timeoutMs = 20_000;
/** A drain moves everything away first. */
const drainTimeoutMs = 620_000;

const details = `  status                  what each node serves, holds and waits for
  init --nodes A,B        forms the cluster without the configured nodes that cannot be reached, once
  recover --nodes A,B     goes on when a majority has lost its disks for good: what only the others
                          had is lost, and they must never run again with those disks
  add NAME                a node that the configuration now names takes part
  replace OLD --by NEW    NEW takes the place of OLD
  remove NAME             a node that the configuration no longer names is forgotten
  drain NAME              moves everything away from a node, so that it can be stopped unnoticed
  undrain NAME            the node takes its share again
  --node NAME             the node to ask; default: the first that answers (status: all)
  --json                  status for programs: an array of {"name", "status"} or {"name", "error"}
`;

export const cluster: Command = {
  name: 'cluster',
  usage: 'status|init|recover|add|replace|remove|drain|undrain --config FILE [--node NAME] …',
  summary: 'the state of a cluster, and what an operator decides about it',
  details,

  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        node: { type: 'string' },
        nodes: { type: 'string' },
        by: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const [word, name, extra] = positionals;
    if (extra !== undefined) throw new UsageError(`there is no word ${extra} here`);
    if (values.config === undefined) throw new UsageError('--config FILE is needed');
    const command = commandOf(word, name, values);
    const configuration = readConfiguration(values.config, { anyNode: true });
    if (configuration === undefined) return 1;
    try {
      if (command.kind === 'status') {
        return await showStatus(configuration, values.node, values.json === true);
      }
      return await tell(configuration, values.node, command);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
  },
};

function commandOf(
  word: string | undefined,
  name: string | undefined,
  { nodes, by }: { nodes?: string | undefined; by?: string | undefined },
): OperatorCommand {
  switch (word) {
    case 'status':
      return { kind: 'status' };
    case 'init':
    case 'recover': {
      const names = (nodes ?? '').split(',').filter((item) => item !== '');
      if (names.length === 0) throw new UsageError(`${word} needs --nodes A,B`);
      return { kind: word, nodes: names };
    }
    case 'add':
    case 'remove':
    case 'drain':
    case 'undrain':
      if (name === undefined) throw new UsageError(`${word} needs the name of a node`);
      return { kind: word, node: name };
    case 'replace':
      if (name === undefined || by === undefined) throw new UsageError('replace needs OLD --by NEW');
      return { kind: 'replace', node: name, by };
    default:
      throw new UsageError('say what to do: status, init, recover, add, replace, remove, drain or undrain');
  }
}

async function ask(configuration: Configuration, name: string, command: OperatorCommand, waitMs: number) {
  const address = configuration.nodes.find(({ application }) => application === name);
  if (address === undefined) throw noNode(configuration, name);
  const { peersPort } = portsOf(address);
  return operate(
    {
      node: { name, host: address.host, port: peersPort },
      keys: configuration.options.cluster.key,
      tls: peerTlsOf(configuration.options),
      timeoutMs: waitMs,
    },
    command,
  );
}

function noNode({ file, nodes }: Configuration, name: string): AppError {
  const names = nodes.map(({ application }) => application).join(', ');
  return new AppError('NOT_FOUND', `${file} has no node ${name}; known: ${names}`);
}

/** Throws `AppError` NOT_FOUND for a name that the configuration does not have. */
function namesOf(configuration: Configuration, wanted: string | undefined): string[] {
  const names = configuration.nodes.map(({ application }) => application);
  if (wanted === undefined) return names;
  if (!names.includes(wanted)) throw noNode(configuration, wanted);
  return [wanted];
}

async function showStatus(
  configuration: Configuration,
  wanted: string | undefined,
  asJson: boolean,
): Promise<number> {
  const answers = await Promise.all(
    namesOf(configuration, wanted).map(async (name) => {
      try {
        const { data } = await ask(configuration, name, { kind: 'status' }, timeoutMs / 4);
        return { name, status: data as ClusterStatus };
      } catch (error) {
        return { name, error: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
  process.stdout.write(asJson ? `${JSON.stringify(answers, null, 2)}\n` : printStatus(answers));
  return answers.some((answer) => 'status' in answer) ? 0 : 1;
}

/** Whom a command may be given to: those it names where it is theirs to carry out, else any node. */
function toldOf(configuration: Configuration, command: OperatorCommand): readonly string[] {
  const isTheirs = command.kind === 'init' || command.kind === 'recover';
  return isTheirs ? command.nodes : namesOf(configuration, undefined);
}

/** Tells the first node that answers. */
async function tell(
  configuration: Configuration,
  wanted: string | undefined,
  command: OperatorCommand,
): Promise<number> {
  const waitMs = command.kind === 'drain' ? drainTimeoutMs : timeoutMs;
  const failures: string[] = [];
  for (const name of wanted === undefined ? toldOf(configuration, command) : namesOf(configuration, wanted)) {
    try {
      const { ok, text } = await ask(configuration, name, command, waitMs);
      (ok ? process.stdout : process.stderr).write(`${name}: ${text}\n`);
      return ok ? 0 : 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failures.push(error.message);
    }
  }
  process.stderr.write(failures.map((failure) => `${failure}\n`).join(''));
  return 1;
}
