/** Small deterministic hashes for machines, which may draw no random numbers. Not for secrets. */

/** 32-bit FNV-1a over UTF-16 code units, mixed at the end (murmur3's finaliser). */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return mixed(hash);
}

/** The same over the bytes from `start` to before `end`. */
export function hashBytes(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  return mixed(hash);
}

function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** 128 bits of `text` as 32 upper-case hex digits: the form of a derived id. */
export function hashId(text: string): string {
  let id = '';
  for (let part = 0; part < 4; part++) {
    id += hash32(text, 0x811c9dc5 ^ Math.imul(part + 1, 0x9e3779b1))
      .toString(16)
      .padStart(8, '0');
  }
  return id.toUpperCase();
}
