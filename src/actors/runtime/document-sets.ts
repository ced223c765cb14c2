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
  const categories = new Map<string, Category>();
  const listeners: ((categories: readonly Category[]) => void)[] = [];

  const categoryVersions = new Map<string, number>();
  for (const { name, version, value } of await store.readDocuments('categories')) {
    setCategory(categories, name, value);
    categoryVersions.set(name, version);
  }
  const dslFiles = new Map<string, { version: number; text: string }>();
  const dslVersions = new Map<string, number>();
  for (const { name, version, value } of await store.readDocuments('dsl')) setDslFile(name, version, value);
  let current = await openCurrent();

  function setDslFile(name: string, version: number, text: string | null): void {
    if (version <= (dslVersions.get(name) ?? 0)) return;
    dslVersions.set(name, version);
    if (text === null) dslFiles.delete(name);
    else dslFiles.set(name, { version, text });
  }

  async function openCurrent(): Promise<DocumentSet> {
    const described = (await store.readDocuments(setKind)).find((document) => document.name === setName);
    if (described === undefined) return remember(makeSet(0, new Map(), new Map()));
    return loadSet(described.version);
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
    const packages = new Map<string, RulePackage>();
    for (const [name, version] of versions) {
      const document = await store.readDocumentVersion('rules', name, version);
      if (typeof document?.value !== 'string')
        throw new AppError('INTERNAL', `The store lacks rules ${name} version ${version}.`);
      packages.set(name, compiled(document.value, name));
    }
    return remember(makeSet(id, versions, packages));
  }

  function makeSet(
    id: number,
    versions: ReadonlyMap<string, number>,
    packages: ReadonlyMap<string, RulePackage>,
  ): DocumentSet {
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
    const packages = new Map(current.packages);
    if (value === null) {
      if (!versions.delete(name)) return undefined;
      packages.delete(name);
    } else {
      versions.set(name, version);
      packages.set(name, compiled(value, name));
    }
    current = remember(makeSet(current.id + 1, versions, packages));
    const described = JSON.stringify(Object.fromEntries(versions));
    return { kind: setKind, name: setName, version: current.id, at: nowMs(), value: described };
  }

  return {
    get current() {
      return current;
    },
    load: loadSet,
    publish(documentKind, name, version, value) {
      if (documentKind === 'rules') return publishRules(name, version, value);
      if (documentKind === 'dsl') setDslFile(name, version, value);
      // A replayed change may be older than what the store already had.
      if (documentKind === 'categories' && version > (categoryVersions.get(name) ?? 0)) {
        categoryVersions.set(name, version);
        setCategory(categories, name, value);
        for (const listener of listeners) listener([...categories.values()]);
      }
      return undefined;
    },
    get deployedPackages() {
      return [...current.packages].map(([name, rulePackage]) => ({
        package: rulePackage,
        version: current.versions.get(name) ?? 0,
      }));
    },
    dslFiles,
    get categories() {
      return [...categories.values()];
    },
    categoryVersion: (name) => categoryVersions.get(name) ?? 0,
    onCategories(listener) {
      listeners.push(listener);
    },
  };
}

function setCategory(categories: Map<string, Category>, name: string, value: string | null): void {
  if (value === null) categories.delete(name);
  else categories.set(name, JSON.parse(value) as Category);
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
