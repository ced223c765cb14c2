/** Small deterministic hashes for machines, which may draw no random numbers. Not for secrets. */

/** 32-bit FNV-1a over UTF-16 code units, mixed at the end (murmur3's finaliser). */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
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
