/**
 * What a trigger may wait for beside DOM events: one row for each action of our own, for the tracker, the
 * checker and the documentation.
 */

export type Amount = 'none' | 'needed' | 'optional';

export interface ActionRow {
  /** Whether a number follows after a colon. */
  readonly amount: Amount;
  /** What the number is, and where it is left out, what counts. */
  readonly unit?: string;
  readonly amountDefault?: number;
  /** Whether the trigger must name an element. */
  readonly needsElement?: boolean;
}

export const actions = {
  timer: { amount: 'needed', unit: 'ms' },
  enterviewport: { amount: 'optional', unit: 'ms', amountDefault: 0, needsElement: true },
  enterkey: { amount: 'none' },
  scroll: { amount: 'optional', unit: 'percent of the page', amountDefault: 0 },
  formabandon: { amount: 'none' },
  rageclick: { amount: 'optional', unit: 'clicks', amountDefault: 3 },
  exitintent: { amount: 'none' },
} as const satisfies Record<string, ActionRow>;

export type OwnAction = keyof typeof actions;

/** DOM events that sites do watch; others are allowed, and may be a slip of the pen. */
export const domActions = (
  'click dblclick mousedown mouseup mouseover mouseout mousemove mouseenter mouseleave contextmenu wheel ' +
  'pointerdown pointerup touchstart touchend keydown keyup keypress input change select focus blur focusin ' +
  'focusout submit reset invalid load ready unload resize copy cut paste play pause ended toggle ' +
  'hashchange error dragstart drop'
).split(' ');

export interface ActionCall {
  name: string;
  /** The number after the colon; undefined where there is none. */
  amount: number | undefined;
}

/** Reads `click`, `timer:30000`, and the older `type="timeout"` beside a bare number of milliseconds. */
export function readAction(action: string, type: string): ActionCall {
  if (type !== '' && /^\d+$/.test(action)) return { name: 'timer', amount: Number(action) };
  const colon = action.indexOf(':');
  const [name, after] = colon < 0 ? [action] : [action.slice(0, colon), action.slice(colon + 1)];
  const isOwn = Object.hasOwn(actions, name.toLowerCase());
  // A DOM event of the site's own may have a colon in its name.
  if (!isOwn) return { name: action || 'click', amount: undefined };
  const amount = after === undefined || !/^\d+$/.test(after.trim()) ? undefined : Number(after);
  return { name: name.toLowerCase(), amount };
}
