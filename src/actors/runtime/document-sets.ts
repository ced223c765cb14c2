/**
 * The node's copy of the cluster-wide values that machines read: which versions of which rule packages form
 * set N. A journalled input names its set by number, so a set is described in the store before it is ever
 * replayed.
 */
import { AppError } from '../../base/index.js';
import type { Category, DocumentVersion, Settings } from '../../model/index.js';
import { buildRuleSet, compilePackage, type RulePackage, type RuleSet } from '../../rules/index.js';
import type { OperationalStore } from '../../stores/index.js';
import type { EngagementPolicy } from '../../strategy/index.js';
import { createPlainDocuments, plainKinds } from './plain-documents.js';
import type { Documents, DomainRules } from '../protocol/index.js';

/** Sets kept compiled for live rule sessions that have not moved on, and for replay. */
const setsKept = 8;

const setKind = 'documentSet';
const setName = 'node';

interface DocumentSet extends Documents {
  readonly versions: ReadonlyMap<string, number>;
  readonly packages: ReadonlyMap<string, RulePackage>;
}

/** A deployed package as the deploy port lists it. */
export interface DeployedPackage {
  package: RulePackage;
  version: number;
}

export interface DocumentSets {
  /** What inputs are stepped with now. */
  readonly current: Documents;
  /** The set of that number, compiled again from the store when it is no longer in memory. */
  load(id: number): Promise<Documents>;
  /** The set of that number when it is in memory. */
  loaded(id: number): Documents | undefined;
  /** A document changed: rules make a new set, which is described by the returned row. */
  publish(
    documentKind: string,
    name: string,
    version: number,
    value: string | null,
  ): DocumentVersion | undefined;
  readonly deployedPackages: readonly DeployedPackage[];
  readonly categories: readonly Category[];
  /** The newest version of a category, deleted or not; 0 when there was never one of the name. */
  categoryVersion(name: string): number;
  /** The deployed DSL files by application. */
  readonly dslFiles: ReadonlyMap<string, { version: number; text: string }>;
  /** Called after the current categories have changed. */
  onCategories(listener: (categories: readonly Category[]) => void): void;
  /** Called after any document has changed here; not for what was followed. */
  onChange(listener: () => void): void;
  /** Equal stamps, equal documents. */
  readonly stamp: string;
  snapshot(): DocumentSnapshot;
  /** Takes what is newer in `snapshot`, which the node that serves the documents has sent. */
  follow(snapshot: DocumentSnapshot): void;
  /** Takes what is newer in the store: before this node serves the documents itself. */
  refresh(): Promise<void>;
}

/** All that a node knows of the documents, for one that knows less. */
export interface DocumentSnapshot {
  setId: number;
  /** The rule packages of the set; then the newest version of each other document, deletions included. */
  documents: { kind: string; name: string; version: number; value: string | null }[];
}

export interface DocumentSetsOptions {
  store: OperationalStore;
  settings: Settings;
  policy: EngagementPolicy;
  /** Whether each package sees only the events of its own domain; default false. */
  domainSeparation?: boolean;
  nowMs: () => number;
}

/** Loads the newest documents of every kind and the set that was current last. */
export async function openDocumentSets(options: DocumentSetsOptions): Promise<DocumentSets> {
  const { store, nowMs } = options;
  const sets = new Map<number, DocumentSet>();
  const plain = createPlainDocuments();
  const changeListeners: (() => void)[] = [];
  let current = remember(makeSet(0, new Map(), new Map()));
  await refresh();

  async function refresh(): Promise<void> {
    const described = (await store.readDocuments(setKind)).find((document) => document.name === setName);
    if (described !== undefined && described.version > current.id) current = await loadSet(described.version);
    for (const kind of plainKinds) {
      for (const document of await store.readDocuments(kind)) plain.publish(document);
    }
  }

  function snapshot(): DocumentSnapshot {
    const rules = [...current.versions].map(([name, version]) => {
      return { kind: 'rules', name, version, value: current.packages.get(name)?.text ?? null };
    });
    return { setId: current.id, documents: [...rules, ...plain.all()] };
  }

  function follow({ setId, documents }: DocumentSnapshot): void {
    const texts = new Map<string, string>();
    const versions = new Map<string, number>();
    for (const document of documents) {
      const { kind, name, version, value } = document;
      if (kind !== 'rules') plain.publish(document);
      else if (value !== null) {
        versions.set(name, version);
        texts.set(name, value);
      }
    }
    if (setId > current.id) current = remember(makeSet(setId, versions, texts));
  }

  async function loadSet(id: number): Promise<DocumentSet> {
    const known = sets.get(id);
    if (known !== undefined) return known;
    const described = await store.readDocumentVersion(setKind, setName, id);
    if (typeof described?.value !== 'string') {
      if (id === 0) return remember(makeSet(0, new Map(), new Map()));
      throw new AppError('INTERNAL', `The store does not describe document set ${id}.`);
    }
    const versions = new Map(Object.entries(JSON.parse(described.value) as Record<string, number>));
    const texts = new Map<string, string>();
    for (const [name, version] of versions) {
      const document = await store.readDocumentVersion('rules', name, version);
      if (typeof document?.value !== 'string')
        throw new AppError('INTERNAL', `The store lacks rules ${name} version ${version}.`);
      texts.set(name, document.value);
    }
    return remember(makeSet(id, versions, texts));
  }

  /** The package of an unchanged text, compiled before, or compiled now. */
  function packageOf(name: string, text: string): RulePackage {
    for (const set of sets.values()) {
      const known = set.packages.get(name);
      if (known?.text === text) return known;
    }
    return compiled(text, name);
  }

  function makeSet(
    id: number,
    versions: ReadonlyMap<string, number>,
    texts: ReadonlyMap<string, string>,
  ): DocumentSet {
    const packages = new Map([...texts].map(([name, text]) => [name, packageOf(name, text)]));
    const rules = buildRuleSet([...packages.values()]);
    const { settings, policy, domainSeparation = false } = options;
    const set = {
      id,
      versions,
      packages,
      rules,
      settings,
      policy,
      rulesOf: (other: number) => rulesOf(other),
    };
    if (!domainSeparation) return set;
    const domains = [...packages].map(([name, rulePackage]): DomainRules => {
      return { package: name, rules: buildRuleSet([rulePackage]) };
    });
    return { ...set, domains, domainsOf: (other) => sets.get(other)?.domains };
  }

  function rulesOf(id: number): RuleSet | undefined {
    return sets.get(id)?.rules;
  }

  function remember(set: DocumentSet): DocumentSet {
    sets.set(set.id, set);
    while (sets.size > setsKept) {
      const oldest = sets.keys().next().value;
      if (oldest === undefined) break;
      sets.delete(oldest);
    }
    return set;
  }

  function publishRules(name: string, version: number, value: string | null): DocumentVersion | undefined {
    // A replayed deployment that the current set already has.
    if ((current.versions.get(name) ?? 0) >= version) return undefined;
    const versions = new Map(current.versions);
    const texts = new Map([...current.packages].map(([known, { text }]) => [known, text]));
    if (value === null) {
      if (!versions.delete(name)) return undefined;
      texts.delete(name);
    } else {
      versions.set(name, version);
      texts.set(name, value);
    }
    current = remember(makeSet(current.id + 1, versions, texts));
    const described = JSON.stringify(Object.fromEntries(versions));
    return { kind: setKind, name: setName, version: current.id, at: nowMs(), value: described };
  }

  return {
    get current() {
      return current;
    },
    load: loadSet,
    loaded: (id) => sets.get(id),
    publish(kind, name, version, value) {
      const described = kind === 'rules' ? publishRules(name, version, value) : undefined;
      const changed = described !== undefined || plain.publish({ kind, name, version, value });
      if (changed) for (const listener of changeListeners) listener();
      return described;
    },
    get deployedPackages() {
      return [...current.packages].map(([name, rulePackage]) => ({
        package: rulePackage,
        version: current.versions.get(name) ?? 0,
      }));
    },
    get categories() {
      return plain.categories;
    },
    categoryVersion: (name) => plain.versionOf('categories', name),
    get dslFiles() {
      return plain.textsOf('dsl');
    },
    onCategories: (listener) => plain.onCategories(listener),
    onChange(listener) {
      changeListeners.push(listener);
    },
    get stamp() {
      return `${current.id}/${plain.revision}`;
    },
    snapshot,
    follow,
    refresh,
  };
}

/** A stored package compiled once before, or it would not be stored. */
function compiled(text: string, name: string): RulePackage {
  const result = compilePackage(text);
  if (result.ok) return result.package;
  const [first] = result.errors;
  throw new AppError(
    'INTERNAL',
    `The stored rules ${name} no longer compile: ${first?.message ?? 'unknown'}.`,
  );
}
