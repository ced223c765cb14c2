/**
 * Looks at a node's own certificate before it is used: what is wrong with it would otherwise only be seen by
 * the other nodes, one refused call after the other.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError } from '../../base/index.js';
import type { PeerTls } from './credentials.js';

const dayMs = 24 * 3_600_000;

/**
 * Gives the whole days that the certificate of the node `name` still holds. Throws `AppError` BAD_REQUEST,
 * which names the file, when the other nodes could not accept it.
 */
export function checkOwnCertificate(
  { authorityFile, certificateFile, keyFile }: PeerTls,
  name: string,
  nowMs: number,
): number {
  const [leaf, ...chain] = certificatesIn(certificateFile, 'certificateFile');
  const authorities = certificatesIn(authorityFile, 'authorityFile');
  const refuse = (what: string) => wrong('certificateFile', certificateFile, what);
  if (leaf === undefined) throw refuse('has no certificate');
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  if (nowMs > to) throw refuse(`expired on ${new Date(to).toISOString().slice(0, 10)}`);
  if (nowMs < from) throw refuse(`is not valid before ${new Date(from).toISOString()}`);
  if (leaf.checkHost(name, { subject: 'never' }) === undefined) {
    throw refuse(`is not for the node ${name}: it is for ${leaf.subjectAltName ?? 'no DNS name'}`);
  }
  const isSigned = [...chain, ...authorities].some(
    (authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey),
  );
  if (!isSigned) throw refuse(`is not signed by the authority of ${authorityFile}`);
  if (!leaf.checkPrivateKey(privateKeyIn(keyFile))) {
    throw wrong('keyFile', keyFile, `is not the key of ${certificateFile}`);
  }
  return Math.floor((to - nowMs) / dayMs);
}

function wrong(field: keyof PeerTls, file: string, what: string, cause?: unknown): AppError {
  return new AppError('BAD_REQUEST', `cluster/${field} ${file} ${what}`, {
    field: `cluster/${field}`,
    cause,
  });
}

function read(file: string, field: keyof PeerTls): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wrong(field, file, `cannot be read: ${reason}`, cause);
  }
}

function certificatesIn(file: string, field: keyof PeerTls): X509Certificate[] {
  const blocks = read(file, field).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw wrong(field, file, 'is no certificate (PEM)', cause);
  }
}

function privateKeyIn(file: string) {
  const text = read(file, 'keyFile');
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw wrong('keyFile', file, 'is no private key (PEM) without a password', cause);
  }
}
