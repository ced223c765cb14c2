/** The newest version of each document that is no rule package: what a node reads as it is. */
import type { Category, DocumentVersion } from '../../model/index.js';

/** The kinds of such documents. */
export const plainKinds = ['categories', 'dsl'] as const;

export interface PlainDocument {
  kind: string;
  name: string;
  version: number;
  /** Null when it was deleted. */
  value: string | null;
}

export interface PlainDocuments {
  /** False for a change that is known: a replayed one, or one that the store already had. */
  publish(document: Pick<DocumentVersion, 'kind' | 'name' | 'version' | 'value'>): boolean;
  readonly categories: readonly Category[];
  /** The newest version of a document, deleted or not; 0 when there was never one of the name. */
  versionOf(kind: (typeof plainKinds)[number], name: string): number;
  /** Those of a kind that are not deleted, by name. */
  textsOf(kind: (typeof plainKinds)[number]): Map<string, { version: number; text: string }>;
  all(): PlainDocument[];
  /** Rises with every change. */
  readonly revision: number;
  onCategories(listener: (categories: readonly Category[]) => void): void;
}

export function createPlainDocuments(): PlainDocuments {
  const documents = new Map<string, Map<string, PlainDocument>>(plainKinds.map((kind) => [kind, new Map()]));
  const categories = new Map<string, Category>();
  const listeners: ((categories: readonly Category[]) => void)[] = [];
  let revision = 0;

  function setCategory(name: string, value: string | null): void {
    if (value === null) categories.delete(name);
    else categories.set(name, JSON.parse(value) as Category);
    for (const listener of listeners) listener([...categories.values()]);
  }

  return {
    publish({ kind, name, version, value }) {
      const ofKind = documents.get(kind);
      const known = ofKind?.get(name)?.version ?? 0;
      if (ofKind === undefined || version <= known) return false;
      ofKind.set(name, { kind, name, version, value });
      // Versions only rise, so their sum tells whether any has.
      revision += version - known;
      if (kind === 'categories') setCategory(name, value);
      return true;
    },
    get categories() {
      return [...categories.values()];
    },
    versionOf: (kind, name) => documents.get(kind)?.get(name)?.version ?? 0,
    textsOf(kind) {
      const texts = new Map<string, { version: number; text: string }>();
      for (const { name, version, value } of documents.get(kind)?.values() ?? []) {
        if (value !== null) texts.set(name, { version, text: value });
      }
      return texts;
    },
    all: () => [...documents.values()].flatMap((ofKind) => [...ofKind.values()]),
    get revision() {
      return revision;
    },
    onCategories(listener) {
      listeners.push(listener);
    },
  };
}
