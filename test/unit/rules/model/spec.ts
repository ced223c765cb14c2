/** Rules as the slow interpreter sees them: a small data language that is also written out as DRL. */

export interface PatternSpec {
  readonly name: string | null;
  readonly category: string | null;
  /** Compared with the event of an earlier join of the same rule. */
  readonly relation: RelationSpec | null;
}

export interface RelationSpec {
  readonly kind: 'after' | 'afterRange' | 'beforeRange' | 'sameSku' | 'other';
  readonly target: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export type NodeSpec =
  | { readonly kind: 'join' | 'not' | 'exists'; readonly pattern: PatternSpec }
  | { readonly kind: 'notBoth'; readonly pattern: PatternSpec; readonly second: PatternSpec }
  | {
      readonly kind: 'count';
      readonly pattern: PatternSpec;
      readonly windowMs: number | null;
      readonly windowLength: number | null;
      readonly operator: '==' | '>=' | '<';
      readonly count: number;
    };

export interface RuleSpec {
  readonly salience: number;
  readonly nodes: readonly NodeSpec[];
}

export interface PackageSpec {
  readonly rules: readonly RuleSpec[];
  readonly expiresMs: number | null;
}

/** Indexes of the nodes that bind an event. */
export function joinIndexes(rule: RuleSpec): number[] {
  return rule.nodes.flatMap((node, index) => (node.kind === 'join' ? [index] : []));
}

export function writeDrl(spec: PackageSpec): string {
  const expires = spec.expiresMs === null ? '' : ` @expires( ${spec.expiresMs}ms )`;
  const rules = spec.rules.map((rule, index) => {
    const body = rule.nodes.map((node, at) => writeNode(node, at)).join('\n  ');
    const [first] = joinIndexes(rule);
    const action =
      first === undefined ? `emitVisit( "r${index}" );` : `emitActionable( $e${first}, "r${index}" );`;
    return `rule "r${index}" salience ${rule.salience}\nwhen\n  ${body}\nthen\n  ${action}\nend`;
  });
  // A pattern without bound in time keeps every event, so that only @expires drops one.
  rules.push('rule "keep" when $k : Event( eventName == "never" ) then emitActionable( $k, "keep" ); end');
  return (
    `package p;\ndeclare Event @role( event ) @timestamp( timestamp )${expires} ` + `end\n${rules.join('\n')}`
  );
}

function writeNode(node: NodeSpec, at: number): string {
  const pattern = `Event( ${writePattern(node.pattern)} )`;
  switch (node.kind) {
    case 'join':
      return `$e${at} : ${pattern}`;
    case 'not':
    case 'exists':
      return `${node.kind} ${pattern}`;
    case 'notBoth':
      return `not( ${pattern} and Event( ${writePattern(node.second)} ) )`;
    case 'count': {
      const window =
        node.windowMs !== null
          ? ` over window:time( ${node.windowMs}ms )`
          : node.windowLength !== null
            ? ` over window:length( ${node.windowLength} )`
            : '';
      return `accumulate( ${pattern}${window}; $n${at} : count(); $n${at} ${node.operator} ${node.count} )`;
    }
  }
}

function writePattern({ name, category, relation }: PatternSpec): string {
  const parts: string[] = [];
  if (name !== null) parts.push(`eventName == "${name}"`);
  if (category !== null) parts.push(`categories contains "${category}"`);
  if (relation !== null) parts.push(writeRelation(relation));
  return parts.join(', ');
}

function writeRelation({ kind, target, fromMs, toMs }: RelationSpec): string {
  const other = `$e${target}`;
  switch (kind) {
    case 'after':
      return `this after ${other}`;
    case 'afterRange':
      return `this after[${fromMs}ms,${toMs}ms] ${other}`;
    case 'beforeRange':
      return `this before[${fromMs}ms,${toMs}ms] ${other}`;
    case 'sameSku':
      return `data["sku"] == ${other}.data["sku"]`;
    case 'other':
      return `this != ${other}`;
  }
}
