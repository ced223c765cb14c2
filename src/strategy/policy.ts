/**
 * The seam where engagement strategies plug in: from an actionable event and what the group can take, to
 * engage or noengage (spec/engagement.md section 3).
 */
export interface PolicyRequest {
  visitID: string;
  pageID: string;
  rule: string;
  userData: Readonly<Record<string, string>>;
  capacity: { granted: boolean; readyAgents: number; freeSlots: number };
}

export type PolicyDecision =
  | { kind: 'engage'; channel: 'chat'; title: string; text: string; acceptLabel: string; rejectLabel: string }
  | { kind: 'noengage'; reason: string };

export interface EngagementPolicy {
  decide(request: PolicyRequest): PolicyDecision;
}
