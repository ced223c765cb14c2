/**
 * Who a node is, and what a view is: the two values on which all machines of the cluster agree.
 */

export type NodeName = string;

/**
 * One process of one node. `incarnation` is random and stands in the state file, so a wiped disk is a new
 * one; `boot` is random and made at each start of the process. `host` is the machine that it runs on: two
 * copies of a partition never share one. It is no part of the identity.
 */
export interface NodeIdentity {
  name: NodeName;
  incarnation: string;
  boot: string;
  host: string;
}

/** The incarnation of a configured node that may vote on the next view. */
export interface Admission {
  name: NodeName;
  incarnation: string;
}

/**
 * Values that must be equal on all nodes, or leases and takeovers contradict each other. They are agreed with
 * the first view and kept by every later one, whatever a node's own options say.
 */
export interface ClusterTerms {
  partitionCount: number;
  leaseMs: number;
  /** Bound of each clock's drift, as a fraction. */
  driftMax: number;
}

/**
 * An agreed view. View e alone says who decides on view e+1: a majority of `configured`, in the incarnations
 * of `admitted`. Lists are sorted by name.
 */
export interface View {
  clusterId: string;
  /** From 1, rising by one (a recovery skips some). Below 2^20. */
  epoch: number;
  /** Processes that may hold a lease: at least a majority of `configured`. */
  members: NodeIdentity[];
  configured: NodeName[];
  admitted: Admission[];
  /** Members that the ring gives nothing to, because they are about to stop. */
  draining: NodeName[];
  terms: ClusterTerms;
}

/** Epochs stay below this, so that `epoch * 2^32 + n` is a safe integer. */
export const epochMax = 2 ** 20 - 1;

export function sameBoot(one: NodeIdentity, other: NodeIdentity): boolean {
  return one.boot === other.boot && one.incarnation === other.incarnation && one.name === other.name;
}

/** Whether both lists, sorted by name, name the same processes. */
export function sameBoots(some: readonly NodeIdentity[], others: readonly NodeIdentity[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, index) => {
      const other = others[index];
      return other !== undefined && sameBoot(one, other);
    })
  );
}

/** How many of `count` nodes are a majority. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

export function memberOf(view: View, name: NodeName): NodeIdentity | undefined {
  return view.members.find((member) => member.name === name);
}

/** Whether the view names this very process. */
export function isMember(view: View, node: NodeIdentity): boolean {
  const member = memberOf(view, node.name);
  return member !== undefined && sameBoot(member, node);
}

/** Whether one of `nodes` is `node` with the same disk, whichever process. */
export function includesIncarnation(nodes: readonly Admission[], node: Admission): boolean {
  return nodes.some(({ name, incarnation }) => name === node.name && incarnation === node.incarnation);
}

/** Whether this incarnation votes on the view after `view`. */
export function isAdmitted(view: View, node: Admission): boolean {
  return includesIncarnation(view.admitted, node);
}

/** Orders by UTF-16 code units: the same on every node, whatever its locale. */
export function compareNames(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function byName(one: { name: string }, other: { name: string }): number {
  return compareNames(one.name, other.name);
}
