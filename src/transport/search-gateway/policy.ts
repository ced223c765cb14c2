/** Which requests the search gateway lets through, and what it masks in the answers. */
import { AppError } from '../../base/index.js';
import type { Options } from '../../config/index.js';
import { jsonPath } from './json-path.js';
import type { MaskTest } from './mask.js';

export interface GatewayPolicy {
  /** Whether a request may pass. `path` has no query. */
  allows(method: string, path: string): boolean;
  /** Undefined when answers pass as they are. */
  mask: MaskTest | undefined;
}

/** Asks that give rows or terms of documents in a form in which nothing could be masked. */
const unmaskable = /(^|\/)_(sql|query|termvectors|mtermvectors|terms_enum|graph)(\/|$)/;

/**
 * The policy that section `elasticsearch` asks for. Throws `AppError` BAD_REQUEST when the filter is no
 * path that we understand.
 */
export function gatewayPolicy(options: Options['elasticsearch']): GatewayPolicy {
  const stillAllowed = new RegExp(options['read-only-urls-regexp']);
  const isReadOnly = options['http-read-only'];
  const mask = options['http-filter'] ? maskOf(options) : undefined;
  return {
    mask,
    allows(method, path) {
      if (mask !== undefined && unmaskable.test(path)) return false;
      if (!isReadOnly || method === 'GET' || method === 'HEAD') return true;
      // The query does not count, so that it opens no way round.
      return (method === 'POST' || method === 'PUT') && stillAllowed.test(path);
    },
  };
}

function maskOf(options: Options['elasticsearch']): MaskTest {
  const filter = options['reponse-filter-regexp'];
  if (options['reponse-filter-regexp-type'] === 'REGEXP') {
    const keys = new RegExp(filter, 'i');
    return (path) => path.length === 1 && keys.test(String(path[0]));
  }
  const test = jsonPath(filter);
  if (test !== undefined) return test;
  throw new AppError(
    'BAD_REQUEST',
    `elasticsearch/reponse-filter-regexp must be a JSON path such as $.data.password; it is "${filter}"`,
  );
}
