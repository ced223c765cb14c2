/** What actors are told, by the outside and by each other. An input is plain data; the journal keeps it. */
import type {
  AgentReadiness,
  ChatEndReason,
  DispositionCode,
  NotificationMessage,
  VisitorEvent,
} from '../../model/index.js';

export type VisitInput =
  /** A page opens a visit whose id the node has just minted. Reply: `PageOpened`. */
  | { kind: 'startVisit'; globalVisitID: string; userAgent: string | null }
  /**
   * A page of a known visit asks for its categories: keep the visit or say that it is over. Reply:
   * `PageOpened`.
   */
  | { kind: 'openPage' }
  /** Events of one request, valid and in order. `bytes` is their encoding. Reply: `EventsReceived`. */
  | { kind: 'receiveEvents'; events: readonly VisitorEvent[]; bytes: Uint8Array }
  | { kind: 'engagementEnded'; interactionId: string }
  /** The site's own messages for the visit's browsers. Reply: nothing. */
  | { kind: 'notify'; messages: NotificationMessage[] };

export interface PageOpened {
  /** The visit is unknown or over: the page needs a new one. */
  expired: boolean;
  globalVisitID: string;
}

export interface EventsReceived {
  duplicates: number;
}

/** The actionable event behind an engagement, with what the policy and the invitation need. */
export interface Qualification {
  rule: string;
  actionableEventId: string;
  pageID: string;
  group: string;
  userData: Record<string, string>;
}

export type EngagementInput =
  | { kind: 'qualify'; visitID: string; qualification: Qualification }
  | { kind: 'capacityAnswered'; granted: boolean; readyAgents: number; freeSlots: number }
  /** Reply: `DispositionTaken`. */
  | { kind: 'takeDisposition'; code: DispositionCode }
  | { kind: 'pageLeft'; pageID: string }
  | { kind: 'agentConnected' }
  | { kind: 'chatEnded'; reason: ChatEndReason };

export interface DispositionTaken {
  state: string;
  chatId: string | null;
}

export type ChatInput =
  | { kind: 'openChat'; visitID: string; group: string; rule: string }
  | { kind: 'agentJoined'; user: string; name: string }
  /** `user` is the agent's, absent for the visitor. Reply: `MessagePosted`. */
  | { kind: 'postMessage'; user?: string; messageId: string; text: string }
  | { kind: 'endChat'; user?: string }
  | { kind: 'visitorAway' }
  | { kind: 'visitorBack' };

export interface MessagePosted {
  offset: number;
}

export type AgentInput =
  /** The person logged in; configuration says name, groups and capacity. Reply: `AgentView`. */
  | { kind: 'logIn'; name: string; groups: string[]; capacity: number }
  | { kind: 'logOut' }
  /** Reply: `AgentView`. */
  | { kind: 'setReadiness'; readiness: AgentReadiness }
  | { kind: 'offerChat'; chatId: string; visitID: string; rule: string; group: string }
  | { kind: 'withdrawOffer'; chatId: string }
  | { kind: 'acceptOffer'; chatId: string }
  | { kind: 'declineOffer'; chatId: string }
  | { kind: 'chatEnded'; chatId: string };

export type GroupInput =
  | { kind: 'reportAvailability'; user: string; readiness: AgentReadiness; freeSlots: number }
  | { kind: 'requestCapacity'; visitID: string; interactionId: string; holdMs: number }
  | { kind: 'releaseCapacity'; interactionId: string }
  | { kind: 'queueChat'; chatId: string; visitID: string; rule: string }
  | { kind: 'takeOffer'; chatId: string; user: string }
  | { kind: 'refuseOffer'; chatId: string; user: string }
  | { kind: 'removeChat'; chatId: string };

export type DocumentInput =
  /** Reply: `DocumentPut`. A null value deletes. `expectedVersion` refuses a lost update. */
  { kind: 'putDocument'; value: string | null; expectedVersion?: number };

export interface DocumentPut {
  version: number;
}

/** To any actor: its deadline has come. */
export interface WakeInput {
  kind: 'wake';
}

export type ActorInput =
  VisitInput | EngagementInput | ChatInput | AgentInput | GroupInput | DocumentInput | WakeInput;
