/**
 * Keeps a wire that shows no connections from taking more than the process can open: at the limit it stops
 * listening, so that the system refuses what comes, and it listens again when there is room.
 *
 *     listening --[open >= max]--> full --[open < 90 % of max]--> listening
 */
import { openFiles } from './wire/open-files.js';
import type { Wire } from './wire/wire.js';

const roomShare = 0.9;
/** How often it looks. */
export const watchMs = 250;

export interface ListeningOptions {
  wire: Wire;
  host: string;
  port: number;
  connectionsMax: number;
  onFull(open: number): void;
  onError(error: unknown): void;
}

/** Looks once; called every `watchMs`. */
export function createListeningWatch(options: ListeningOptions): () => Promise<void> {
  const { wire, host, port, connectionsMax } = options;
  let isFull = false;
  let isLooking = false;
  async function look(): Promise<void> {
    const open = await openFiles();
    if (!isFull && open >= connectionsMax) {
      isFull = true;
      wire.stopListening?.();
      options.onFull(open);
    } else if (isFull && open < connectionsMax * roomShare) {
      await wire.listen(host, port);
      isFull = false;
    }
  }
  return async () => {
    if (isLooking) return;
    isLooking = true;
    // A port that cannot be had back yet is tried again.
    await look().catch(options.onError);
    isLooking = false;
  };
}
