/** How a node proves to another that it belongs to the cluster: it knows the cluster's key. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NodeIdentity } from '../../cluster/identity.js';

function digest(key: string, caller: NodeIdentity, called: string): Buffer {
  const { name, incarnation, boot, host } = caller;
  return createHmac('sha256', key)
    .update(JSON.stringify(['peer', name, incarnation, boot, host, called]))
    .digest();
}

/** `keys` as for datagrams: the first is in use, all are accepted. */
export function proofOf(keys: readonly string[], caller: NodeIdentity, called: string): Buffer {
  return digest(keys[0] ?? '', caller, called);
}

export function isProven(
  keys: readonly string[],
  caller: NodeIdentity,
  called: string,
  proof: Uint8Array,
): boolean {
  return keys.some((key) => {
    const wanted = digest(key, caller, called);
    return proof.length === wanted.length && timingSafeEqual(proof, wanted);
  });
}
