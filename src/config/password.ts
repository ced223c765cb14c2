// Passwords of agents, kept as scrypt hashes (RFC 7914) in the PHC notation:
// $scrypt$ln=15,r=8,p=1$<salt>$<hash>, with salt and hash in base64 without padding. Hashing is slow by
// design, so few run at once and few may wait.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '../base/index.js';

interface Parameters {
  /** log2 of the cost. */
  ln: number;
  r: number;
  p: number;
}

const ours: Parameters = { ln: 15, r: 8, p: 1 };
const saltBytes = 16;
const hashBytes = 32;
const passwordLengthMax = 256;
/** Hashes at once; each takes 32 MB and a thread of Node's pool of four for about 100 ms. */
const runningMax = 2;
const waitingMax = 64;

const notation =
  /^\$scrypt\$ln=(1[0-7]),r=([1-9]|1[0-6]),p=([1-4])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

interface ParsedHash {
  parameters: Parameters;
  salt: Buffer;
  hash: Buffer;
}

function parseHash(text: string): ParsedHash | undefined {
  const match = notation.exec(text);
  if (match === null) return undefined;
  const [, ln, r, p, salt = '', hash = ''] = match;
  const parameters = { ln: Number(ln), r: Number(r), p: Number(p) };
  return { parameters, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** Whether `text` is a hash that `verifyPassword` can check. */
export function isPasswordHash(text: string): boolean {
  return parseHash(text) !== undefined;
}

let running = 0;
const waiting: (() => void)[] = [];

/** Runs `work` when fewer than `runningMax` run. Throws `OVERLOADED` when too many wait already. */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= runningMax) {
    if (waiting.length >= waitingMax) throw new AppError('OVERLOADED', 'too many log-ins at once');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    return await work();
  } finally {
    // The turn goes to whom waits longest, without ever being free in between.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

function derive(password: string, salt: Buffer, { ln, r, p }: Parameters): Promise<Buffer> {
  const cost = 2 ** ln;
  const options = { cost, blockSize: r, parallelization: p, maxmem: 2 * 128 * cost * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function written({ ln, r, p }: Parameters, salt: string, hash: string): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${hash}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** The hash to configure for `password` (1 to 256 characters). Throws `BAD_REQUEST` for another length. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length === 0 || password.length > passwordLengthMax) {
    throw new AppError('BAD_REQUEST', `a password has 1 to ${passwordLengthMax} characters`, {
      field: 'password',
    });
  }
  const salt = randomBytes(saltBytes);
  const hash = await inTurn(() => derive(password, salt, ours));
  return written(ours, unpadded(salt), unpadded(hash));
}

/**
 * Whether `password` belongs to `hash`, in a time that does not depend on how alike they are. False for a
 * hash in another notation. Throws `OVERLOADED` when too many checks wait.
 */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const parsed = parseHash(hash);
  if (parsed === undefined || password.length > passwordLengthMax) return false;
  const derived = await inTurn(() => derive(password, parsed.salt, parsed.parameters));
  return timingSafeEqual(derived, parsed.hash);
}

/**
 * A hash of no password. Checking against it takes the usual time, so that a log-in under an unknown name
 * cannot be told from one with a wrong password.
 */
export const noPasswordHash = written(ours, 'A'.repeat(22), 'A'.repeat(43));
