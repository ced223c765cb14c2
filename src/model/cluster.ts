/** The picture of a cluster that operators see: who is there, and who serves and copies what. */

/** What one node says of itself. */
export interface ClusterNodeReport {
  epoch: number;
  /** '' when it serves; otherwise why not. */
  notServing: string;
  leaseLeftMs: number;
  /** Partitions: served, of these with a copy elsewhere, without one, on the move; copies of others'. */
  served: number;
  backed: number;
  alone: number;
  moving: number;
  copies: number;
  /** Inputs that the store does not have yet. */
  logBytes: number;
  alarms: readonly string[];
}

export interface ClusterNodePicture {
  name: string;
  host: string;
  /** In the view, and so may serve. */
  isMember: boolean;
  /** Told to give everything away. */
  isDraining: boolean;
  /** Null when it does not answer; then `failure` says why. */
  report: ClusterNodeReport | null;
  failure: string;
}

export interface ClusterPicture {
  application: string;
  /** The node that drew it. */
  drawnBy: string;
  /** Epoch milliseconds. */
  at: number;
  epoch: number;
  /** How many nodes must answer, of how many. */
  majority: number;
  configured: number;
  /** How long a full lease is. */
  leaseMs: number;
  /** Of the configuration, then those that only the view knows. */
  nodes: readonly ClusterNodePicture[];
  /** By partition: the place in `nodes` of who serves it, and of who has its first copy; -1: nobody. */
  servers: readonly number[];
  backups: readonly number[];
  /** Partitions on their way to another node. */
  moving: readonly number[];
}

/** Where it is told to those who watch, each second. */
export const clusterChannel = '/cluster/picture';
