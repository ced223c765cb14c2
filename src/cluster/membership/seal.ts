/**
 * Datagrams between failure detectors, encrypted and authenticated with the cluster's key (AES-256-GCM). The
 * first key seals; every key opens, so that a key is changed by giving all nodes the new one behind the old
 * one, then in front of it, then alone.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

export interface Seal {
  seal(plain: Uint8Array): Buffer;
  /** Undefined for what no key of the cluster has sealed. */
  open(sealed: Uint8Array): Buffer | undefined;
}

const version = 1;
const idBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + idBytes + nonceBytes;

/** What a sealed datagram is longer than its content. */
export const sealBytes = headBytes + tagBytes;

/** `keys` are the cluster's secrets, the one in use first; at least one. */
export function createSeal(keys: readonly string[]): Seal {
  const derived = keys.map((key) => {
    const secret = Buffer.from(hkdfSync('sha256', key, 'beckon', 'failure detector datagrams', 32));
    return { secret, id: createHash('sha256').update(secret).digest().subarray(0, idBytes) };
  });
  const [first] = derived;
  if (first === undefined) throw new Error('a seal needs a key');

  return {
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const head = Buffer.concat([Buffer.of(version), first.id, nonce]);
      const cipher = createCipheriv('aes-256-gcm', first.secret, nonce, { authTagLength: tagBytes });
      cipher.setAAD(head);
      return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },

    open(sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < sealBytes || bytes[0] !== version) return undefined;
      const id = bytes.subarray(1, 1 + idBytes);
      const key = derived.find((candidate) => candidate.id.equals(id));
      if (key === undefined) return undefined;
      const nonce = bytes.subarray(1 + idBytes, headBytes);
      const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: tagBytes });
      decipher.setAAD(bytes.subarray(0, headBytes));
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      try {
        const plain = decipher.update(bytes.subarray(headBytes, bytes.length - tagBytes));
        return Buffer.concat([plain, decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
