/** Waits for a condition with a bound, in place of sleeping. */

/** Asks `probe` until it gives a value other than undefined, null or false; throws after `timeoutMs`. */
export async function until<Value>(
  probe: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  what: string,
  timeoutMs = 10_000,
): Promise<Value> {
  const end = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
