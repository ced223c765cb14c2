/**
 * Where ids and jitter come from: a shell's argument, so that tests and simulations can be repeated by seed.
 */
export interface Random {
  /** 32 upper-case hex digits, 128 random bits. */
  id(): string;
  /** A number in [0, 1). */
  fraction(): number;
}
