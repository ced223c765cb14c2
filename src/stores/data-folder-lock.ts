/**
 * One data folder, one process. The lock is SQLite's on a database of its own: the operating system holds it
 * for the process and takes it back however the process ends, so neither `kill -9` nor a reused process id
 * can mislead it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { AppError } from '../base/index.js';

const lockName = 'lock.db';
/**
 * Says who holds the lock. It is not the lock: a process that reads the lock's own file would lose it on
 * closing.
 */
const holderName = 'lock-holder.json';

export interface DataFolderLock {
  release(): void;
}

interface Holder {
  pid: number;
  host: string;
  since: string;
}

/**
 * Takes the exclusive lock of `folder`, creating the folder when there is none. Throws `AppError` CONFLICT,
 * which says who holds it, while another process (or another part of this one) does.
 */
export function lockDataFolder(folder: string): DataFolderLock {
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, lockName));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) {
      throw new AppError('STORE_UNAVAILABLE', `the data folder ${folder} cannot be locked`, { cause: error });
    }
    const message = `the data folder ${folder} is in use by ${describeHolder(folder)}`;
    throw new AppError('CONFLICT', message, { cause: error });
  }
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(join(folder, holderName), `${JSON.stringify(holder)}\n`);
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

function describeHolder(folder: string): string {
  try {
    const holder = JSON.parse(readFileSync(join(folder, holderName), 'utf8')) as Holder;
    return `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  } catch {
    // The holder has the lock and has not yet written its name.
    return 'another process';
  }
}
