/**
 * Requests to the store's worker and their answers: how many may be under way, how long each may take, and
 * what happens when the worker ends unasked. Requests are answered in order, so a read sees every earlier
 * write.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../base/index.js';
import { type CommonRequest, type Reply, openingId } from './protocol.js';
import { type RawRow } from './queries.js';

/** After the worker ended unasked, the next request after this time starts a new one. */
const restartPauseMs = 1_000;

/**
 * Opening may have to migrate and to take over what a crash left; closing has to finish all that was asked.
 */
const lifecycleTimeoutMs = 60_000;

export interface WorkerClientOptions {
  workerFile: string;
  /** What the worker gets as `workerData`. */
  settings: unknown;
  timeoutMs: number;
  /** Requests under way; more are refused with OVERLOADED. */
  requestsMax: number;
}

interface Waiting {
  resolve: (rows: RawRow[]) => void;
  reject: (error: AppError) => void;
  timer: NodeJS.Timeout;
}

type RequestBody<R> = R extends { id: number } ? Omit<R, 'id'> : never;

export class WorkerClient<Request extends { id: number }> {
  readonly #options: WorkerClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #endedAtMs = -Infinity;
  #lastId = openingId;
  #closed = false;

  private constructor(options: WorkerClientOptions) {
    this.#options = options;
  }

  /** Starts the worker and waits until its database is open. */
  static async start<Request extends { id: number }>(
    options: WorkerClientOptions,
  ): Promise<WorkerClient<Request>> {
    const client = new WorkerClient<Request>(options);
    try {
      await client.#startWorker();
    } catch (error) {
      await client.terminate();
      throw error;
    }
    return client;
  }

  /**
   * Sends a request and gives its rows. Rejects with `AppError`: STORE_UNAVAILABLE when the disk or the
   * worker fails or takes too long (a write may have happened all the same), OVERLOADED, INTERNAL for a
   * request that cannot succeed.
   */
  request(body: RequestBody<Request | CommonRequest>, transfer: ArrayBuffer[] = []): Promise<RawRow[]> {
    if (this.#closed) return Promise.reject(new AppError('STORE_UNAVAILABLE', 'the store is closed'));
    if (this.#waiting.size >= this.#options.requestsMax) {
      return Promise.reject(new AppError('OVERLOADED', 'too many requests wait for the store'));
    }
    if (this.#worker === undefined) {
      if (performance.now() - this.#endedAtMs < restartPauseMs) {
        return Promise.reject(new AppError('STORE_UNAVAILABLE', 'the store’s worker has ended'));
      }
      this.#startWorker().catch(() => undefined);
    }
    return this.#send(body, transfer, this.#options.timeoutMs);
  }

  #send(
    body: RequestBody<Request | CommonRequest>,
    transfer: ArrayBuffer[],
    timeoutMs: number,
  ): Promise<RawRow[]> {
    const id = ++this.#lastId;
    const answer = this.#answerTo(id, timeoutMs);
    this.#worker?.postMessage({ ...body, id }, transfer);
    return answer;
  }

  /** Lets the worker finish what it was asked, closes its database and ends it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#worker !== undefined) {
      await this.#send({ kind: 'close' }, [], lifecycleTimeoutMs).catch(() => undefined);
    }
    await this.terminate();
  }

  /** Ends the worker at once, as a crash would. */
  async terminate(): Promise<void> {
    await this.#worker?.terminate();
  }

  #startWorker(): Promise<RawRow[]> {
    const worker = new Worker(this.#options.workerFile, { workerData: this.#options.settings });
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#ended(worker, error));
    worker.on('exit', () => this.#ended(worker));
    return this.#answerTo(openingId, lifecycleTimeoutMs);
  }

  #answerTo(id: number, timeoutMs: number): Promise<RawRow[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new AppError('STORE_UNAVAILABLE', `no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    // An answer that came after its time is nobody's any more.
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.kind === 'done') waiting.resolve(reply.rows);
    else waiting.reject(new AppError(reply.retryable ? 'STORE_UNAVAILABLE' : 'INTERNAL', reply.message));
  }

  #ended(worker: Worker, cause?: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#endedAtMs = performance.now();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new AppError('STORE_UNAVAILABLE', 'the store’s worker ended unasked', { cause }));
    }
    this.#waiting.clear();
  }
}
