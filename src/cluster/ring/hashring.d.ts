// What the ring uses of the `hashring` package. Its published types need Node's, which pure rooms go without.
declare module 'hashring' {
  // eslint-disable-next-line no-restricted-syntax -- the package has no other export
  export default class HashRing {
    constructor(
      servers: Record<string, { vnodes: number }>,
      hash: (key: string) => number[],
      options?: { 'max cache size'?: number },
    );
    /** The next `size` distinct servers from the point of `key` on. */
    range(key: string, size: number): string[];
  }
}
