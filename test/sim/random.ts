// Chance by seed: the same seed gives the same world, on every machine.

export interface SeededRandom {
  /** A number in [0, 1). */
  fraction(): number;
  /** An integer in [0, count). */
  below(count: number): number;
  /** A number in [from, to). */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  shuffle<Item>(items: readonly Item[]): Item[];
  /** 16 hex digits. */
  id(): string;
  /** A stream of its own, so that one concern's draws do not shift another's. */
  fork(): SeededRandom;
}

/** `sfc32`, started from a 32-bit seed. */
export function createRandom(seed: number): SeededRandom {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162 ^ seed;
  let d = seed | 0;
  const next = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) next();
  const fraction = () => next() / 2 ** 32;
  const below = (count: number) => Math.floor(fraction() * count);
  const random: SeededRandom = {
    fraction,
    below,
    between: (from, to) => from + fraction() * (to - from),
    chance: (probability) => fraction() < probability,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    shuffle(items) {
      const left = [...items];
      for (let index = left.length - 1; index > 0; index--) {
        const other = below(index + 1);
        [left[index], left[other]] = [left[other]!, left[index]!];
      }
      return left;
    },
    id: () => next().toString(16).padStart(8, '0') + next().toString(16).padStart(8, '0'),
    fork: () => createRandom(next()),
  };
  return random;
}
