/** A TCP proxy that cuts connections where a test says so: at once, after some bytes, or without a word. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Cut {
  /** Bytes that still pass in that direction before both ends are reset. */
  after: number;
  direction: 'up' | 'down';
}

interface Pair {
  client: Socket;
  server: Socket;
}

export class CutProxy {
  /** How the next connections are cut, one each; without a plan they live. */
  readonly plans: Cut[] = [];
  /** Whether new connections are refused. */
  isClosed = false;
  connections = 0;
  cuts = 0;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  #target: number;

  constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** Connections that have not been cut or closed. */
  get live(): number {
    return this.#pairs.size;
  }

  async listen(host = '127.0.0.1'): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, host, resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Later connections go to another port, as after a move behind a balancer. */
  retarget(port: number): void {
    this.#target = port;
  }

  #accept(client: Socket): void {
    this.connections += 1;
    if (this.isClosed) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    const pair = { client, server };
    this.#pairs.add(pair);
    const plan = this.plans.shift();
    this.#pipe(client, server, plan?.direction === 'up' ? plan.after : undefined, pair);
    this.#pipe(server, client, plan?.direction === 'down' ? plan.after : undefined, pair);
  }

  #pipe(from: Socket, to: Socket, cutAfter: number | undefined, pair: Pair): void {
    let left = cutAfter ?? Infinity;
    from.on('data', (bytes) => {
      const passed = bytes.subarray(0, Math.min(left, bytes.length));
      left -= passed.length;
      to.write(passed, () => {
        if (left === 0) this.#cut(pair);
      });
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#pairs.delete(pair);
      to.destroy();
    });
  }

  #cut(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    this.cuts += 1;
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  }

  /** Resets every connection of now. */
  cutAll(): void {
    for (const pair of [...this.#pairs]) this.#cut(pair);
  }

  /** From now on nothing passes on the connections of now, and neither end learns of it. */
  freezeAll(): void {
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
