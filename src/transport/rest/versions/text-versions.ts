/**
 * Texts that people deploy by name, rule packages and DSL files: each deployment, roll-back and removal is a
 * new version, and no version is ever lost.
 */
import { documentAddress, type DocumentPut } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import type { DocumentVersion } from '../../../model/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { readRollback } from './parameters.js';

export interface VersionsOptions {
  routing: Pick<Routing, 'ask'>;
  /** Where the versions are kept. */
  store: Pick<OperationalStore, 'readDocumentHistory' | 'readDocumentVersion'>;
  /** Resolves when what is on its way to the store has been written. */
  drained(): Promise<void>;
}

export interface TextVersions {
  /** Gives the number of the new version; null removes the text. */
  put(name: string, text: string | null): Promise<number>;
  /** Newest first; `current` is the version that is deployed now. Throws NOT_FOUND where there is none. */
  list(name: string, limit: number, current: number | undefined): Promise<object[]>;
  /** Throws NOT_FOUND, and CONFLICT for a removal. */
  read(name: string, version: number): Promise<DocumentVersion & { value: string }>;
  /** The version that a roll-back wants, `{"version": n}`. Throws CONFLICT for the current one, too. */
  wanted(
    name: string,
    body: string,
    current: number | undefined,
  ): Promise<DocumentVersion & { value: string }>;
}

export interface TextKind {
  /** As documents are kept under it. */
  readonly kind: 'rules' | 'dsl';
  neverDeployed(name: string): AppError;
}

export function versionsOf({ kind, neverDeployed }: TextKind, options: VersionsOptions): TextVersions {
  const { routing, store, drained } = options;

  async function read(name: string, version: number): Promise<DocumentVersion & { value: string }> {
    await drained();
    const found = Number.isSafeInteger(version)
      ? await store.readDocumentVersion(kind, name, version)
      : undefined;
    if (found === undefined) {
      throw new AppError('NOT_FOUND', `${name} has no version ${version}.`, { field: 'version' });
    }
    const { value } = found;
    if (value !== null) return { ...found, value };
    const message = `Version ${version} of ${name} is its removal; it has no text.`;
    throw new AppError('CONFLICT', message, { field: 'version' });
  }

  return {
    read,
    async put(name, value) {
      const address = documentAddress(kind, name);
      return (await routing.ask<DocumentPut>(address, { kind: 'putDocument', value })).version;
    },
    async list(name, limit, current) {
      await drained();
      const history = await store.readDocumentHistory(kind, name, limit);
      if (history.length === 0) throw neverDeployed(name);
      return history.map((version) => rowOf(version, current));
    },
    async wanted(name, body, current) {
      const found = await read(name, readRollback(body));
      if (found.version !== current) return found;
      throw new AppError('CONFLICT', `Version ${current} of ${name} is the one deployed.`);
    },
  };
}

function rowOf({ version, at, value }: DocumentVersion, current: number | undefined): object {
  return {
    version,
    at,
    kind: value === null ? 'undeployed' : 'deployed',
    current: version === current,
    bytes: value === null ? 0 : Buffer.byteLength(value),
  };
}

interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The body of a refusal: `what` has these mistakes, and so `consequence`. */
export function refusalOf(what: string, consequence: string, errors: readonly Mistake[]) {
  const [first] = errors;
  const where =
    first === undefined
      ? ''
      : ` Line ${first.line}, column ${first.column}: ${first.message.replace(/\.?$/, '.')}`;
  const mistakes = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`;
  const message = `${what} has ${mistakes}; ${consequence}.${where}`;
  return { error: 'BAD_REQUEST', message, errors };
}
