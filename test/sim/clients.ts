// Visitors: each sends numbered inputs to its own cell through any node, a few at a time, and repeats what
// was not answered until it is.
import { deployer, type Cells } from './cells.js';
import { documentsPartition } from './documents.js';
import type { NodeWorld, SimProcess } from './node.js';
import type { SeededRandom } from './random.js';

/** One input, from its first sending on. */
export interface SentInput {
  readonly id: string;
  readonly partition: number;
  /** All inputs of this client up to this number were acknowledged before this one was first sent. */
  readonly floor: number;
  acknowledged: boolean;
}

export interface Client {
  readonly name: string;
  readonly partition: number;
  readonly inputs: SentInput[];
  /** Answered without a gap from the first. */
  done: number;
}

export interface ClientHooks {
  sent(client: Client, input: SentInput): void;
  acknowledged(client: Client, input: SentInput, by: SimProcess): void;
}

export interface Clients {
  readonly all: Client[];
  /** No new inputs; what is under way is repeated until it is answered. */
  stop(): void;
  /** How many inputs wait for an answer. */
  waiting(): number;
}

const timeoutMs = 1_200;

export function createClients(
  world: NodeWorld,
  random: SeededRandom,
  cells: Cells,
  placement: (edge: SimProcess, partition: number) => string | undefined,
  count: number,
  hooks: ClientHooks,
): Clients {
  let stopped = false;
  const { scheduler, network, settings } = world;
  const all: Client[] = [];

  /** Client to edge, edge to the server it knows, and back. */
  function send(client: Client, input: SentInput): void {
    if (input.acknowledged) return;
    let isOver = false;
    const again = (afterMs: number) => {
      if (isOver || input.acknowledged) return;
      isOver = true;
      scheduler.after(afterMs, () => send(client, input));
    };
    scheduler.after(timeoutMs, () => again(0));
    const up = [...world.nodes.values()].filter(({ process }) => process !== undefined);
    if (up.length === 0) return;
    const edge = random.pick(up).process!;
    const server = placement(edge, client.partition);
    if (server === undefined) {
      again(random.between(50, 300));
      return;
    }
    const arrive = () => {
      const process = world.nodes.get(server)?.process;
      if (process === undefined) return;
      cells.receive(process, client.partition, input.id, (ok) => {
        const back = () => {
          if (!ok) again(random.between(50, 300));
          else if (!input.acknowledged) acknowledge(client, input, process);
        };
        if (server === edge.self.name) back();
        else network.send(server, edge.self.name, back);
      });
    };
    if (server === edge.self.name) arrive();
    else network.send(edge.self.name, server, arrive);
  }

  function acknowledge(client: Client, input: SentInput, by: SimProcess): void {
    input.acknowledged = true;
    while (client.inputs[client.done]?.acknowledged === true) client.done++;
    hooks.acknowledged(client, input, by);
  }

  for (let index = 0; index < count; index++) {
    begin(`c${index}`, index % settings.partitionCount, random.pick([1, 1, 4]), random.pick([60, 150, 400]));
  }
  if (count > 0) begin(deployer, documentsPartition, 1, random.pick([400, 1_000, 3_000]));

  function begin(name: string, partition: number, windowLength: number, everyMs: number): void {
    const client: Client = { name, partition, inputs: [], done: 0 };
    all.push(client);
    const next = () => {
      if (stopped) return;
      if (client.inputs.length - client.done < windowLength) {
        const input: SentInput = {
          id: `${client.name}.${client.inputs.length + 1}`,
          partition: client.partition,
          floor: client.done,
          acknowledged: false,
        };
        client.inputs.push(input);
        hooks.sent(client, input);
        send(client, input);
      }
      scheduler.after(everyMs * (0.5 + random.fraction()), next);
    };
    scheduler.after(random.between(0, 500), next);
  }

  return {
    all,
    stop() {
      stopped = true;
    },
    waiting: () =>
      all.reduce((sum, { inputs }) => sum + inputs.filter(({ acknowledged }) => !acknowledged).length, 0),
  };
}
