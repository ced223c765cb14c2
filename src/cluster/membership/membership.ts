/** Who answers: starts the failure detector's thread and keeps what it says. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../base/index.js';
import type { DetectorMessage, DetectorOptions, MemberSeen } from './messages.js';

export interface Membership {
  /** Others that answer now. */
  readonly members: readonly MemberSeen[];
  /** Datagrams refused, because no key of the cluster opens them. */
  readonly refused: number;
  close(): Promise<void>;
}

export interface MembershipOptions extends Omit<DetectorOptions, 'pulse'> {
  /** The built detector. */
  threadFile: string;
  onChange(members: readonly MemberSeen[]): void;
  /** Datagrams came that were not sealed with a key of this cluster. */
  onRefused(from: string, count: number): void;
  onFailed(reason: string): void;
}

const pulseMs = 100;

/** Resolves when the detector listens; rejects with `AppError` when its port cannot be had. */
export async function openMembership(options: MembershipOptions): Promise<Membership> {
  const { threadFile, onChange, onRefused, onFailed, ...rest } = options;
  const pulse = new SharedArrayBuffer(8);
  const beat = new BigInt64Array(pulse);
  const turn = (): void => void Atomics.store(beat, 0, BigInt(Date.now()));
  turn();
  const timer = setInterval(turn, pulseMs);
  const detector: DetectorOptions = { ...rest, pulse };
  const worker = new Worker(threadFile, { workerData: detector, name: 'failure detector' });
  let members: readonly MemberSeen[] = [];
  let refused = 0;
  let closing = false;

  const listening = new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      const where = `${options.address}:${options.port}`;
      reject(new AppError('INTERNAL', `The failure detector cannot use UDP ${where}: ${reason}`));
      if (!closing) onFailed(reason);
    };
    worker.on('message', (message: DetectorMessage) => {
      switch (message.kind) {
        case 'listening':
          resolve();
          break;
        case 'members':
          members = message.members;
          onChange(members);
          break;
        case 'refused':
          refused = message.count;
          onRefused(message.from, message.count);
          break;
        case 'failed':
          fail(message.reason);
          break;
      }
    });
    worker.on('error', (error) => fail(error.message));
    worker.on('exit', (code) => fail(`the thread ended with code ${code}`));
  });
  const stop = async (): Promise<void> => {
    closing = true;
    clearInterval(timer);
    await worker.terminate();
  };
  try {
    await listening;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get members() {
      return members;
    },
    get refused() {
      return refused;
    },
    close: stop,
  };
}
