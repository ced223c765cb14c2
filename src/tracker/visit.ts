/**
 * Whose visit this is: the ids that the browser keeps, which the server mints, renews and answers with the
 * page's categories.
 */
import { titleNow } from './address.js';
import { isId } from './cookies.js';
import { debug } from './debug.js';
import { clippedUrl } from './events.js';
import { requestUntilSettled } from './http.js';
import { recall, remember } from './remembered.js';
import type { Settings } from './settings.js';

export interface Identification {
  visitID: string;
  globalVisitID: string;
  newVisit: boolean;
  /** Names of the page's categories, joined with `;`. */
  category: string;
}

export const visitCookie = '_gt_visit';
const globalCookie = '_gt_global';
/** The longest that browsers keep a cookie. */
const globalAgeS = 400 * 86_400;

/**
 * Asks who the visitor is and what the page is about, until there is an answer or `isOver`, and keeps the
 * ids.
 */
export async function identify(
  settings: Settings,
  isOver: () => boolean,
): Promise<Identification | undefined> {
  const visitID = recall(visitCookie);
  const globalVisitID = recall(globalCookie);
  const { skipCategories, languageCode, globalVisit } = settings;
  if (skipCategories && visitID && globalVisitID) {
    return { visitID, globalVisitID, newVisit: false, category: '' };
  }
  const query = new URLSearchParams({
    url: skipCategories ? '' : clippedUrl(location.href),
    title: skipCategories ? '' : titleNow(),
    languageCode,
    ...(navigator.cookieEnabled && { bind: 'cookie' }),
    ...(visitID && { visitID }),
    ...(globalVisitID && { globalVisitID }),
  });
  const url = `${settings.endpoint}/server/data/categories?${query.toString()}`;
  const { body } = await requestUntilSettled(url, {}, (answer) => {
    if (answer.status !== 200) debug(`no visit yet: the server answered ${answer.status}`);
    return isOver() || (answer.status === 200 && identificationOf(answer.body) !== undefined);
  });
  const found = identificationOf(body);
  if (isOver() || found === undefined) return undefined;
  // Another tab that started at the same moment was given a visit first: this tab joins it.
  const rival = recall(visitCookie);
  if (found.newVisit && rival !== undefined && rival !== visitID) return identify(settings, isOver);
  remember(visitCookie, found.visitID, settings);
  remember(globalCookie, found.globalVisitID, settings, globalVisit === false ? undefined : globalAgeS);
  return found;
}

/** Forgets the ids, as the visitor wants none. */
export function forgetVisit(settings: Settings): void {
  for (const name of [visitCookie, globalCookie]) remember(name, '', settings);
}

function identificationOf(body: unknown): Identification | undefined {
  const { visitID, globalVisitID, newVisit, categories } = (body ?? {}) as Record<string, unknown>;
  if (!isId(visitID) || !isId(globalVisitID)) return undefined;
  const category = Array.isArray(categories) ? categories.join(';').slice(0, 2_048) : '';
  return { visitID, globalVisitID, newVisit: newVisit === true, category };
}
