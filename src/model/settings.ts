/** What the machines need to know of the configuration: durations in milliseconds, plain values. */
export interface Settings {
  /** `engagement/visitExpirationTime`: a visit without activity for longer is over; 0 = never. */
  visitExpirationMs: number;
  /** `engagement/engagementExpirationTime`: from creating the interaction to sending the invitation. */
  engagementExpirationMs: number;
  /** `engagement/strictEngagementMode`: one engagement at a time per visit. */
  strictEngagementMode: boolean;
  /**
   * Lists of section `userData`, by the event they take fields from; patterns `*`, `prefix_*`, `*_suffix`.
   */
  userData: { SignIn: string[]; UserInfo: string[]; VisitStarted: string[]; ACTIONABLE: string[] };
  /** The agent group that engagements are offered for: the first of `pacing/chatGroups`. */
  chatGroup: string;
  invitation: {
    title: string;
    text: string;
    acceptLabel: string;
    rejectLabel: string;
    /** How long an invitation stays on the screen. */
    displayMs: number;
  };
  /** How long a chat rings at one agent before it goes to another. */
  ringMs: number;
  /** How long an accepted chat waits for an agent before it ends. */
  chatWaitMs: number;
  /** How long a chat stays open while no page of the visit is. */
  chatAwayMs: number;
}
