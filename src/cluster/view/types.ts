/**
 * What the view machine remembers on disk, says to its peers, takes in and gives out.
 */
import type { NodeIdentity, NodeName, View } from '../identity.js';

/** Orders attempts to decide one epoch: by round, then name, then incarnation. */
export interface Ballot {
  /** From 1; on disk before the ballot's first message is sent. */
  round: number;
  node: NodeName;
  incarnation: string;
}

/** What an acceptor last said yes to, for the epoch after its view. */
export interface AcceptedView {
  ballot: Ballot;
  view: View;
}

/**
 * All that must outlive the process. The file is replaced as a whole, so what it says always fits together:
 * `promised` and `accepted` are about the epoch after `view` (about epoch 1 without a view).
 */
export interface KeptState {
  incarnation: string;
  view?: View;
  /** The highest round that this node has used for ballots of its own. */
  round: number;
  promised?: Ballot;
  accepted?: AcceptedView;
  /** All configured nodes said that they are fresh (or an operator decided): votes on epoch 1 are allowed. */
  open: boolean;
  /** The newest epoch at which this node has seen every older lease run out. */
  settledEpoch: number;
  /** To whom this node said that it is fresh, when it was; one incarnation of each. */
  freshSaidTo: { name: NodeName; incarnation: string }[];
}

export type ViewMessage =
  /** To all configured nodes, every `heartbeatMs`. `sentAt` is the sender's own clock, and only echoed. */
  | {
      kind: 'heartbeat';
      clusterId: string;
      /** The sender's view; 0: none. */
      epoch: number;
      sentAt: number;
      /** The epoch for which the sender has accepted a view that it does not know to be decided; 0: none. */
      acceptedEpoch: number;
      /** Whom the sender reaches, itself included. */
      reach: NodeName[];
    }
  | { kind: 'heartbeatAck'; clusterId: string; epoch: number; sentAt: number; boot: string }
  /** Before the first view: is the receiver fresh? With `byOperator`, it shall vote without further ado. */
  | { kind: 'freshAsk'; configured: NodeName[]; byOperator: boolean }
  /** `incarnation` and `boot` are the asker's. `open`: the sender votes on the first view. */
  | {
      kind: 'freshAnswer';
      fresh: boolean;
      open: boolean;
      incarnation: string;
      boot: string;
      reason: string;
    }
  | { kind: 'prepare'; clusterId: string; epoch: number; ballot: Ballot }
  | { kind: 'promise'; clusterId: string; epoch: number; ballot: Ballot; accepted?: AcceptedView }
  | { kind: 'accept'; clusterId: string; epoch: number; ballot: Ballot; view: View }
  | { kind: 'accepted'; clusterId: string; epoch: number; ballot: Ballot }
  /** The answer to `prepare` or `accept` of a ballot below one already promised. */
  | { kind: 'refused'; clusterId: string; epoch: number; ballot: Ballot; promised: Ballot }
  | { kind: 'askView'; clusterId: string; epoch: number }
  | { kind: 'decided'; view: View }
  /** An operator's decision to go on without a majority: the receiver leaves the old cluster for `view`. */
  | { kind: 'recover'; previousClusterId: string; view: View }
  | { kind: 'recovered'; clusterId: string; epoch: number };

/** What an operator may tell any node; the reply says what was done, or why it was refused. */
export type ViewCommand =
  /** Forms the first view without asking the nodes that are not named. */
  | { kind: 'init'; nodes: NodeName[] }
  /** Goes on with the named nodes when a majority has lost its disks. */
  | { kind: 'recover'; nodes: NodeName[] }
  | { kind: 'add'; node: NodeName }
  | { kind: 'remove'; node: NodeName }
  | { kind: 'replace'; node: NodeName; by: NodeName }
  | { kind: 'drain'; node: NodeName }
  | { kind: 'undrain'; node: NodeName };

export type ViewInput =
  | { kind: 'tick' }
  | { kind: 'peerMessage'; from: NodeIdentity; message: ViewMessage }
  /** Who answers now, others only. */
  | { kind: 'alive'; peers: NodeIdentity[] }
  | { kind: 'stateKept'; ticket: number }
  | { kind: 'stateFailed'; ticket: number; reason: string }
  /** A copy, or a member asked for its copies, does not answer this node. */
  | { kind: 'silent'; peer: NodeName }
  | { kind: 'operator'; id: number; command: ViewCommand };

export type ViewAlarm = 'noMajority' | 'foreignCluster' | 'stateNotKept' | 'notFormed';

export type ViewEffect =
  /** May be lost, repeated and reordered. Never to oneself. */
  | { kind: 'send'; to: NodeName; message: ViewMessage }
  /**
   * To be written and fsynced whole; then `stateKept`. A newer one may be written instead of an older
   * one.
   */
  | { kind: 'keepState'; ticket: number; state: KeptState }
  /** This node has learned a newer view: all service under older epochs ends now. */
  | { kind: 'installed'; view: View }
  | { kind: 'operatorReply'; id: number; ok: boolean; text: string; data?: unknown }
  | { kind: 'alarm'; alarm: ViewAlarm; text: string }
  | { kind: 'clear'; alarm: ViewAlarm; text: string }
  | {
      kind: 'note';
      level: 'info' | 'warn' | 'error';
      text: string;
      fields: Record<string, string | number | boolean>;
    };
