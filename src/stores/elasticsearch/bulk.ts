/**
 * Documents on their way into Elasticsearch: in requests of bounded size, with an answer for each document.
 */
import type { Client, estypes } from '@elastic/elasticsearch';
import { AppError } from '../../base/index.js';
import { wordsOfDocument } from '../index-documents/index.js';
import type { IndexDocument, IndexWriteMode } from '../search-index.js';
import { asking, isFull, isPassing } from './connect.js';
import type { IndexNames } from './names.js';

const requestBytesMax = 1024 * 1024;
const requestDocumentsMax = 1_000;

/** A document with the place in the caller's list that it stands for. */
export interface Outgoing {
  document: IndexDocument;
  source: number;
  /** Of its row; undefined when that is not known. */
  version: number | undefined;
}

export interface RefusedDocument {
  source: number;
  reason: string;
}

interface Target {
  names: IndexNames;
  /** When a document without an index of its own day may go. */
  expiresAt(document: IndexDocument, nowMs: number): number | undefined;
}

interface Request {
  lines: string[];
  bytes: number;
  sources: number[];
}

const emptyRequest = (): Request => ({ lines: [], bytes: 0, sources: [] });

/**
 * Writes all documents, a request after the other. Gives those that Elasticsearch will never take. Throws
 * `AppError` OVERLOADED or STORE_UNAVAILABLE when it did not take others now.
 */
export async function writeDocuments(
  client: Client,
  target: Target,
  documents: Iterable<Outgoing>,
  mode: IndexWriteMode,
): Promise<RefusedDocument[]> {
  const refused: RefusedDocument[] = [];
  const nowMs = Date.now();
  let request = emptyRequest();
  for (const { document, source, version } of documents) {
    const { index, undated } = target.names.placeOf(document, nowMs);
    const expiresAt = undated ? target.expiresAt(document, nowMs) : undefined;
    const place = { _index: index, _id: document.id };
    const action = JSON.stringify(
      mode === 'fill' && version === undefined
        ? { create: place }
        : { index: { ...place, version: version ?? nowMs * 1_000, version_type: 'external_gte' } },
    );
    const body = JSON.stringify({
      ...document,
      words: wordsOfDocument(document),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    request.lines.push(action, body);
    request.sources.push(source);
    request.bytes += action.length + body.length + 2;
    if (request.bytes >= requestBytesMax || request.sources.length >= requestDocumentsMax) {
      refused.push(...(await send(client, request)));
      request = emptyRequest();
    }
  }
  if (request.sources.length > 0) refused.push(...(await send(client, request)));
  return refused;
}

async function send(client: Client, { lines, sources }: Request): Promise<RefusedDocument[]> {
  const { errors, items } = await asking('bulk', () =>
    client.bulk({ operations: lines, filter_path: ['errors', 'items.*.status', 'items.*.error'] }),
  );
  if (!errors) return [];
  const refused: RefusedDocument[] = [];
  for (const [at, item] of items.entries()) {
    const { status, error } = Object.values(item)[0] as estypes.BulkResponseItem;
    // What is there is newer, or it is there already, which is what filling wants.
    if (error === undefined || status === 409) continue;
    // A block comes as 403 or 429, by its kind; both end with it.
    if (isFull(status) || error.type === 'cluster_block_exception') {
      throw new AppError('OVERLOADED', `Elasticsearch takes no more now: ${error.type}`);
    }
    if (isPassing(status)) {
      throw new AppError('STORE_UNAVAILABLE', `Elasticsearch did not take a document: ${error.type}`);
    }
    refused.push({ source: sources[at] ?? 0, reason: reasonOf(error) });
  }
  return refused;
}

/** The type and the innermost cause's type: their texts may quote what a visitor sent. */
function reasonOf(error: estypes.ErrorCause): string {
  let inner = error;
  while (inner.caused_by !== undefined) inner = inner.caused_by;
  return inner === error ? error.type : `${error.type}: ${inner.type}`;
}
