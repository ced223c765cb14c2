/** Builds the network of one or several checked packages. */
import { type FactType, eventTypeName, visitorEventType } from '../checker/fact-types.js';
import type {
  BranchPlan,
  JoinPlan,
  NodePlan,
  PackagePlan,
  RulePlan,
  StatementPlan,
} from '../checker/plan.js';
import { type Value, collectPositions, keyOf } from '../checker/values.js';
import { temporalByName } from '../language/operators.js';
import { AlphaIndex } from './alpha-index.js';
import { type ClosureContext, compileReader, compileTest } from './closures.js';
import { visitorEntryPoint } from './entry-point.js';
import { eventReader } from './event-fields.js';
import { type Expiry, expiryKey, inferExpiry } from './expiry.js';
import type {
  AccumulateNode,
  ActionStep,
  Branch,
  BranchNode,
  Input,
  JoinNode,
  Memory,
  RuleNode,
  Test,
} from './network.js';
import { Workspace } from './workspace.js';

export interface Network {
  readonly memories: readonly Memory[];
  readonly rules: readonly RuleNode[];
  readonly branches: readonly Branch[];
  /** Branches to be evaluated after a session's first event. */
  readonly initial: readonly Branch[];
  readonly alpha: AlphaIndex;
  readonly workspace: Workspace;
  /** How long a visitor's event can matter to any package; -1 for ever. */
  readonly eventReachMs: number;
  /** Whether any action changes facts. */
  readonly changesFacts: boolean;
}

export interface NetworkOptions {
  /** Remember every fact of every memory, so that a person can be told of it. */
  readonly rememberAll?: boolean;
}

export function buildNetwork(plans: readonly PackagePlan[], options: NetworkOptions = {}): Network {
  return new Builder(options).build(plans);
}

interface BranchBuild {
  readonly plan: PackagePlan;
  readonly expiry: ReadonlyMap<string, Expiry>;
  readonly entryPoint: string | null;
  readonly branch: Branch;
  readonly factTypes: Map<number, FactType>;
  readonly memoryAt: Map<number, Memory>;
  order: number;
  nodeIndex: number;
  /** By position: the index of the top node that binds it. */
  readonly boundBy: Map<number, number>;
}

class Builder {
  readonly #workspace = new Workspace();
  readonly #alpha = new AlphaIndex();
  readonly #memories: Memory[] = [];
  readonly #memoryByKey = new Map<string, Memory>();
  readonly #fieldIndexes = new Map<string, number>();
  readonly #rules: RuleNode[] = [];
  readonly #branches: Branch[] = [];
  #sequence = 0;
  #changesFacts = false;
  readonly #options: NetworkOptions;
  #eventReachMs = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  build(plans: readonly PackagePlan[]): Network {
    for (const plan of plans) this.#addPackage(plan);
    for (const memory of this.#memories) {
      memory.stored = this.#options.rememberAll === true || mustRemember(memory);
      memory.wakes = memory.inputs.some(({ branch, nodeIndex, join }) => branch.nodes[nodeIndex] !== join);
    }
    for (const branch of this.#branches) {
      const stored = branch.required.filter((memory) => this.#memories[memory]?.stored);
      branch.required.splice(0, branch.required.length, ...stored);
    }
    return {
      memories: this.#memories,
      rules: this.#rules,
      branches: this.#branches,
      initial: this.#branches.filter((branch) => branch.initial),
      alpha: this.#alpha,
      workspace: this.#workspace,
      eventReachMs: this.#eventReachMs,
      changesFacts: this.#changesFacts,
    };
  }

  #addPackage(plan: PackagePlan): void {
    const expiry = inferExpiry(plan);
    const named = plan.rules.some((rule) => rule.branches.some((branch) => readsEntryPoint(branch.nodes)));
    const reach = expiry.get(expiryKey(visitorEventType(null), named ? visitorEntryPoint : null))?.ms ?? -1;
    this.#eventReachMs = reach < 0 || this.#eventReachMs < 0 ? -1 : Math.max(reach, this.#eventReachMs);
    this.#rememberDeclared(plan, expiry);
    for (const rule of plan.rules) this.#addRule(plan, rule, expiry, named ? visitorEntryPoint : null);
  }

  /** A declared fact lives even while no pattern fits it: rules deployed later may look for it. */
  #rememberDeclared(plan: PackagePlan, expiry: ReadonlyMap<string, Expiry>): void {
    for (const factType of plan.types.values()) {
      if (factType.name === eventTypeName) continue;
      const expiresMs = expiry.get(expiryKey(factType, null))?.ms ?? -1;
      this.#addMemory(
        memoryKey(factType, null, true, expiresMs, null, []),
        factType,
        expiresMs,
        null,
        [],
        -1,
        null,
      );
    }
  }

  #addRule(
    plan: PackagePlan,
    rule: RulePlan,
    expiry: ReadonlyMap<string, Expiry>,
    entryPoint: string | null,
  ): void {
    const node: RuleNode = {
      index: this.#rules.length,
      packageName: plan.name,
      name: rule.name,
      salience: rule.salience,
      noLoop: rule.noLoop,
      effectiveMs: rule.effectiveMs ?? -Infinity,
      expiresMs: rule.expiresMs ?? Infinity,
      activationGroup: rule.activationGroup,
      timer: rule.timer,
      fingerprint: rule.fingerprint,
      branches: [],
    };
    this.#rules.push(node);
    if (!rule.enabled) return;
    for (const branch of rule.branches) this.#addBranch({ plan, expiry, entryPoint }, node, branch);
  }

  #addBranch(
    from: Pick<BranchBuild, 'plan' | 'expiry' | 'entryPoint'>,
    rule: RuleNode,
    plan: BranchPlan,
  ): void {
    const branch: Branch = {
      index: this.#branches.length,
      rule,
      nodes: [],
      size: plan.size,
      required: [],
      positions: [],
      initial: plan.nodes[0]?.kind !== 'join',
      deadlines: [],
      action: [],
      ordered: false,
      scratch: new Array<number>(plan.size).fill(-1),
    };
    const build: BranchBuild = {
      ...from,
      branch,
      factTypes: new Map(),
      memoryAt: new Map(),
      order: 0,
      nodeIndex: 0,
      boundBy: new Map(),
    };
    collectTypes(plan.nodes, build.factTypes);
    plan.nodes.forEach((node, index) => {
      build.nodeIndex = index;
      branch.nodes.push(this.#buildNode(node, build, true));
      if (node.kind === 'join' || node.kind === 'accumulate') build.boundBy.set(node.position, index);
    });
    (branch.action as ActionStep[]).push(
      ...plan.statements.map((statement) => this.#buildStep(statement, build)),
    );
    const changes = branch.action.some(
      ({ kind }) => kind === 'insert' || kind === 'delete' || kind === 'modify',
    );
    branch.ordered = changes || rule.activationGroup !== null;
    this.#branches.push(branch);
    rule.branches.push(branch);
  }

  #buildNode(plan: NodePlan, build: BranchBuild, top: boolean, negative = false): BranchNode {
    const order = build.order++;
    switch (plan.kind) {
      case 'join':
        return this.#buildJoin(plan, build, order, top, negative);
      case 'test':
        return { kind: 'test', order, test: compileTest(plan.test, this.#context(build, -1)) };
      case 'not':
      case 'exists': {
        const inner = plan.inner.map((node) =>
          this.#buildNode(node, build, false, negative || plan.kind === 'not'),
        );
        const single = singleJoin(inner);
        if (top && plan.kind === 'exists' && single !== null) build.branch.required.push(single.memory);
        return { kind: plan.kind, order, inner, single };
      }
      case 'accumulate': {
        const inner = plan.inner.map((node) => this.#buildNode(node, build, false, negative));
        const context = this.#context(build, -1);
        const calls = plan.calls.map((call) => ({
          name: call.name,
          read: call.argument === null ? null : compileReader(call.argument, context),
        }));
        const tests = plan.tests.map((test) => compileTest(test, context));
        const node: AccumulateNode = {
          kind: 'accumulate',
          order,
          position: plan.position,
          inner,
          single: singleJoin(inner),
          calls,
          tests,
        };
        return node;
      }
    }
  }

  #buildJoin(plan: JoinPlan, build: BranchBuild, order: number, top: boolean, negative: boolean): JoinNode {
    const memory = this.#memoryFor(plan, build);
    build.memoryAt.set(plan.position, memory);
    const context = this.#context(build, -1);
    const tests = plan.beta.map((value) => compileTest(value, context));
    const { first, decidable } = decidableTests(plan, tests, build);
    const join: JoinNode = {
      kind: 'join',
      order,
      position: plan.position,
      memory: memory.index,
      tests,
      decidable,
      decidableFirst: first,
      listens: plan.listens,
    };
    memory.inputs.push({
      sequence: this.#sequence++,
      branch: build.branch,
      nodeIndex: build.nodeIndex,
      join,
    });
    if (top) {
      build.branch.required.push(memory.index);
      build.branch.positions.push(plan.position);
    }
    if (negative) noteDeadlines(plan, build);
    return join;
  }

  #memoryFor(plan: JoinPlan, build: BranchBuild): Memory {
    const { factType } = plan;
    const isVisitor = factType.name === eventTypeName;
    const fed = plan.entryPoint === (isVisitor ? build.entryPoint : null);
    const expiresMs = factType.isEvent
      ? (build.expiry.get(expiryKey(factType, plan.entryPoint))?.ms ?? -1)
      : -1;
    const window =
      plan.window === null
        ? null
        : {
            kind: plan.window.kind,
            size: plan.window.kind === 'time' ? plan.window.sizeMs : plan.window.size,
          };
    const conditions = plan.alpha.map((value) => keyOf(value, plan.position)).sort();
    const key = memoryKey(factType, plan.entryPoint, fed, expiresMs, window, conditions);
    const known = this.#memoryByKey.get(key);
    if (known !== undefined) return known;
    const context = this.#context(build, plan.position);
    return this.#addMemory(
      key,
      factType,
      expiresMs,
      window,
      plan.alpha,
      plan.position,
      fed ? context : undefined,
    );
  }

  /** `context` compiles the conditions; null when there are none, undefined when no fact can come here. */
  #addMemory(
    key: string,
    factType: FactType,
    expiresMs: number,
    window: Memory['window'],
    alpha: readonly Value[],
    position: number,
    context: ClosureContext | null | undefined,
  ): Memory {
    const memory: Memory = {
      index: this.#memories.length,
      factType,
      window,
      expiresMs,
      stored: true,
      wakes: false,
      fields: [],
      inputs: [],
    };
    this.#memories.push(memory);
    this.#memoryByKey.set(key, memory);
    this.#workspace.lists.push([]);
    if (context !== undefined)
      this.#alpha.add(memory, alpha, position, (value) =>
        context === null ? () => true : compileTest(value, context),
      );
    return memory;
  }

  #context(build: BranchBuild, self: number): ClosureContext {
    return {
      workspace: this.#workspace,
      self,
      typeAt: (position) => build.factTypes.get(position) as FactType,
      fieldIndex: (position, key) => this.#fieldIndex(build, position, key),
    };
  }

  /** Remembers a field of the events at a position; of every position when it is not known which. */
  #fieldIndex(build: BranchBuild, position: number, key: string): number {
    let index = this.#fieldIndexes.get(key);
    if (index === undefined) {
      index = this.#workspace.readers.length;
      this.#fieldIndexes.set(key, index);
      this.#workspace.readers.push(eventReader(key));
    }
    const known = build.memoryAt.get(position);
    const memories = known === undefined ? [...build.memoryAt.values()] : [known];
    for (const memory of memories) if (!memory.fields.includes(index)) memory.fields.push(index);
    return index;
  }

  #buildStep(plan: StatementPlan, build: BranchBuild): ActionStep {
    const context = this.#context(build, -1);
    const read = (value: Value): ReturnType<typeof compileReader> => compileReader(value, context);
    switch (plan.kind) {
      case 'emitActionable':
        return { kind: 'emitActionable', event: read(plan.event) };
      case 'emitVisit':
        return { kind: 'emitVisit' };
      case 'setUserData':
        return { kind: 'setUserData', key: read(plan.key), value: read(plan.value) };
      case 'insert':
        this.#changesFacts = true;
        return { kind: 'insert', factType: plan.factType, values: plan.values.map(read) };
      case 'delete':
        this.#changesFacts = true;
        return { kind: 'delete', target: read(plan.target) };
      case 'modify': {
        this.#changesFacts = true;
        const names = [...plan.factType.fields.keys()];
        const setters = plan.setters.map(({ field, value }) => ({
          index: names.indexOf(field),
          field,
          value: read(value),
        }));
        return { kind: 'modify', target: read(plan.target), factType: plan.factType, setters };
      }
    }
  }
}

function memoryKey(
  factType: FactType,
  entryPoint: string | null,
  fed: boolean,
  expiresMs: number,
  window: Memory['window'],
  conditions: readonly string[],
): string {
  return JSON.stringify([factType.id, fed ? '' : entryPoint, fed, expiresMs, window, conditions]);
}

/**
 * A rule of one pattern fires at once, and needs its events no longer; declared facts live until they are
 * deleted.
 */
function mustRemember(memory: Memory): boolean {
  if (memory.factType.name !== eventTypeName) return true;
  return memory.inputs.some(
    ({ branch }) => branch.nodes.length > 1 || waits(branch) || branch.nodes[0]?.kind !== 'join',
  );
}

function waits(branch: Branch): boolean {
  return branch.rule.timer !== null || branch.deadlines.length > 0;
}

function singleJoin(inner: readonly BranchNode[]): JoinNode | null {
  const [only] = inner;
  return inner.length === 1 && only?.kind === 'join' ? only : null;
}

function readsEntryPoint(nodes: readonly NodePlan[]): boolean {
  return nodes.some((node) => {
    if (node.kind === 'join') return node.entryPoint === visitorEntryPoint;
    return node.kind !== 'test' && readsEntryPoint(node.inner);
  });
}

function collectTypes(nodes: readonly NodePlan[], into: Map<number, FactType>): void {
  for (const node of nodes) {
    if (node.kind === 'join') into.set(node.position, node.factType);
    else if (node.kind !== 'test') collectTypes(node.inner, into);
  }
}

/**
 * Sorts a join's tests by the node after which they can be decided, when the join's own fact is known first.
 */
function decidableTests(
  plan: JoinPlan,
  tests: readonly Test[],
  build: BranchBuild,
): { first: Test[]; decidable: Test[][] } {
  const first: Test[] = [];
  const decidable: Test[][] = [];
  plan.beta.forEach((value, index) => {
    const positions = collectPositions(value, new Set());
    positions.delete(plan.position);
    let after = -1;
    for (const position of positions) {
      // A position inside the same group is bound later than every node before it.
      const bound = build.boundBy.get(position);
      if (bound === undefined) return;
      after = Math.max(after, bound);
    }
    const test = tests[index] as Test;
    if (after < 0) first.push(test);
    else (decidable[after] ??= []).push(test);
  });
  return { first, decidable };
}

/** An absence with a bound in time holds the match back until the bound has passed. */
function noteDeadlines(plan: JoinPlan, build: BranchBuild): void {
  if (!plan.factType.isEvent) return;
  for (const test of plan.beta) {
    if (
      test.op !== 'compare' ||
      test.negated ||
      test.left.op !== 'fact' ||
      test.left.position !== plan.position
    )
      continue;
    const temporal = temporalByName.get(test.operator);
    if (
      temporal === undefined ||
      test.right.op !== 'fact' ||
      !build.branch.positions.includes(test.right.position)
    )
      continue;
    const [, max] = temporal.range(test.parameters);
    if (max >= 0 && max < Infinity)
      build.branch.deadlines.push({ position: test.right.position, waitMs: max });
  }
}

export type { Input };
