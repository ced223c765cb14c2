/** Reads JSON out of a body that anybody may have sent: UTF-8 or nothing, and no half characters. */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../../base/index.js';

/** An escape that may stand for half a character, which no store could keep. */
const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** Throws BAD_REQUEST. A key that comes twice counts as the last one says; half characters become U+FFFD. */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new AppError('BAD_REQUEST', 'The body must be UTF-8.');
  const text = body.toString('utf8');
  try {
    return surrogateEscape.test(text) ? JSON.parse(text, wholeCharacters) : JSON.parse(text);
  } catch {
    throw new AppError('BAD_REQUEST', 'The body must be JSON.');
  }
}

function wholeCharacters(_key: string, value: unknown): unknown {
  return typeof value === 'string' && !value.isWellFormed() ? value.toWellFormed() : value;
}
