/**
 * Receipts of erasures: what was erased, when and where, signed with the node's own key (Ed25519), so that it
 * can be proved later without keeping whom it was about.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from './subject.js';

export interface Receipt {
  kind: 'erasure';
  /** SHA-256 of the subject, in hex: who knows the subject can tell that it was this one. */
  subject: string;
  /** ISO 8601, when all was erased. */
  erasedAt: string;
  durationMs: number;
  node: string;
  /** What the erasure reached. */
  reached: string[];
  visits: number;
  identities: number;
  /** The first 16 hex digits of the SHA-256 of the public key. */
  keyId: string;
  /** Ed25519 over the other fields, sorted by name, as JSON; base64. */
  signature: string;
}

export interface ReceiptKey {
  /** PEM, for whoever verifies. */
  readonly publicKey: string;
  sign(receipt: Omit<Receipt, 'keyId' | 'signature'>): Receipt;
}

export type ReceiptProblem = 'not a receipt' | 'another key' | 'another subject' | 'a wrong signature';

/** The key in `folder`, made when there is none; readable by its user alone. */
export async function openReceiptKey(folder: string): Promise<ReceiptKey> {
  const file = join(folder, 'receipt.key');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const privateKey = kept === undefined ? await makeKey(file) : createPrivateKey(kept);
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string;
  const keyId = keyIdOf(publicKey);
  return {
    publicKey,
    sign(receipt) {
      const unsigned = { ...receipt, keyId };
      return { ...unsigned, signature: sign(null, signedBytes(unsigned), privateKey).toString('base64') };
    },
  };
}

async function makeKey(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return privateKey;
}

export function subjectHash(subject: Subject): string {
  const id = subject.kind === 'identity' ? subject.identityId : subject.globalVisitID;
  return createHash('sha256').update(`${subject.kind}:${id}`).digest('hex');
}

/**
 * What is wrong with `value` as a receipt signed with the key `publicKey` (PEM) about `subject`, if that is
 * given; undefined when nothing is.
 */
export function verifyReceipt(
  value: unknown,
  publicKey: string,
  subject?: Subject,
): ReceiptProblem | undefined {
  if (!isReceipt(value)) return 'not a receipt';
  const { signature, ...unsigned } = value;
  if (value.keyId !== keyIdOf(publicKey)) return 'another key';
  const bytes = Buffer.from(signature, 'base64');
  if (!verify(null, signedBytes(unsigned), createPublicKey(publicKey), bytes)) return 'a wrong signature';
  return subject === undefined || subjectHash(subject) === value.subject ? undefined : 'another subject';
}

function isReceipt(value: unknown): value is Receipt {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, subject, keyId, signature } = value as Record<string, unknown>;
  return kind === 'erasure' && [subject, keyId, signature].every((field) => typeof field === 'string');
}

function signedBytes(fields: object): Buffer {
  const sorted = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(JSON.stringify(sorted));
}

function keyIdOf(publicKey: string): string {
  return createHash('sha256').update(publicKey.trim()).digest('hex').slice(0, 16);
}
