/** Which errors of SQLite are the disk's, and pass, and which are the request's own fault. */

const diskCodes = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|NOMEM|READONLY)/;
/** How the library says CANTOPEN, for which it gives no code. */
const cannotOpen = 'ConnectionFailed("Unable to open';

export function isOfTheDisk(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return diskCodes.test(String(code)) || String(message).startsWith(cannotOpen);
}
