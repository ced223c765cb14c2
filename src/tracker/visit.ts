/**
 * Whose visit this is: the ids in the cookies, which the server mints, renews and answers with the page's
 * categories.
 */
import { readCookie, isId, writeCookie } from './cookies.js';
import { debug } from './debug.js';
import { requestUntilSettled } from './http.js';
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

export function cookieScope(settings: Settings): { domain: string | undefined; secure: boolean } {
  return { domain: settings.domainName, secure: location.protocol === 'https:' };
}

/**
 * Asks who the visitor is and what the page is about, until there is an answer, and keeps the ids in the
 * cookies.
 */
export async function identify(settings: Settings): Promise<Identification> {
  const visitID = readCookie(document, visitCookie);
  const globalVisitID = readCookie(document, globalCookie);
  if (settings.skipCategories && visitID && globalVisitID) {
    return { visitID, globalVisitID, newVisit: false, category: '' };
  }
  const query = new URLSearchParams({
    url: settings.skipCategories ? '' : location.href.slice(0, 4_096),
    title: settings.skipCategories ? '' : document.title.slice(0, 1_024),
    languageCode: settings.languageCode,
    ...(visitID && { visitID }),
    ...(globalVisitID && { globalVisitID }),
  });
  const url = `${settings.endpoint}/server/data/categories?${query.toString()}`;
  const { body } = await requestUntilSettled(url, {}, (answer) => {
    if (answer.status !== 200) debug(`no visit yet: the server answered ${answer.status}`);
    return answer.status === 200 && identificationOf(answer.body) !== undefined;
  });
  const found = identificationOf(body);
  if (found === undefined) return identify(settings);
  // Another tab that started at the same moment was given a visit first: this tab joins it.
  const rival = readCookie(document, visitCookie);
  if (found.newVisit && rival !== undefined && rival !== visitID) return identify(settings);
  const scope = cookieScope(settings);
  writeCookie(document, visitCookie, found.visitID, scope);
  writeCookie(
    document,
    globalCookie,
    found.globalVisitID,
    scope,
    settings.globalVisit === false ? undefined : globalAgeS,
  );
  return found;
}

function identificationOf(body: unknown): Identification | undefined {
  const { visitID, globalVisitID, newVisit, categories } = (body ?? {}) as Record<string, unknown>;
  if (!isId(visitID) || !isId(globalVisitID)) return undefined;
  const category = Array.isArray(categories) ? categories.join(';').slice(0, 2_048) : '';
  return { visitID, globalVisitID, newVisit: newVisit === true, category };
}
