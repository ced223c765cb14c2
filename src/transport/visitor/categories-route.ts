/**
 * `GET /server/data/categories`: gives a page its visit's ids, new ones when the visit is over, and its
 * categories.
 */
import { type PageOpened, visitAddress } from '../../actors/protocol/index.js';
import type { Done } from '../../actors/runtime/index.js';
import { AppError, type Clock, type Random } from '../../base/index.js';
import type { CategoryMatcher } from '../../categories/index.js';
import type { Routing } from '../../cluster/index.js';
import { eventLimits, idRule, isId } from '../../model/index.js';
import type { EdgeRequest, Headers, HotRoute, Respond } from '../edge/index.js';
import { respondError, respondJson } from './answers.js';
import type { BotFilter } from './bots.js';
import type { Sticky } from './sticky.js';
import { bindingHeaders, type VisitBinding } from './visit-binding.js';

export interface CategoriesRouteOptions {
  routing: Routing;
  random: Random;
  clock: Clock;
  /** The matcher of the current categories. */
  matcher(): CategoryMatcher;
  binding: VisitBinding;
  bots: BotFilter;
  sticky?: Sticky | undefined;
}

/** Longest title looked at, in characters; the rest cannot matter to a person. */
const titleLengthMax = 1_024;

export function categoriesRoute({
  routing,
  random,
  clock,
  matcher,
  binding,
  bots,
  sticky,
}: CategoriesRouteOptions): HotRoute {
  return {
    method: 'GET',
    path: '/server/data/categories',
    bodyBytesMax: 0,
    headers: ['user-agent', ...bindingHeaders],
    handle(request, respond) {
      try {
        if (!routing.serving.ok) throw new AppError('NOT_READY', routing.serving.reason);
        const categories = matcher().match(pageOf(request));
        const visitID = idParameter(request, 'visitID');
        const globalVisitID = idParameter(request, 'globalVisitID');
        if (bots.isBot(request)) {
          // A bot is given ids as anybody, and no visit begins.
          const ids = { visitID: visitID ?? random.id(), globalVisitID: globalVisitID ?? random.id() };
          answer(respond, { ...ids, newVisit: visitID === undefined, categories });
        } else if (visitID === undefined || !binding.allows(visitID, request.header('cookie'))) {
          start(request, respond, categories, globalVisitID);
        } else keep(request, respond, categories, visitID, globalVisitID);
      } catch (error) {
        respondError(respond, error);
      }
    },
  };

  function keep(
    request: EdgeRequest,
    respond: Respond,
    categories: string[],
    visitID: string,
    globalVisitID: string | undefined,
  ): void {
    routing.command(visitAddress(visitID), { kind: 'openPage' }, (outcome) => {
      if (!outcome.ok) {
        respondError(respond, outcome.error);
        return;
      }
      const { expired, globalVisitID: known } = outcome.value as PageOpened;
      if (expired) start(request, respond, categories, globalVisitID);
      else {
        const ids = { visitID, globalVisitID: known, newVisit: false, categories };
        answer(respond, ids, sticky?.headers(request, outcome.servedBy));
      }
    });
  }

  function start(
    request: EdgeRequest,
    respond: Respond,
    categories: string[],
    knownGlobalID: string | undefined,
  ): void {
    const { visitID, cookie } = binding.mint(request);
    const globalVisitID = knownGlobalID ?? random.id();
    const userAgent = request.header('user-agent')?.slice(0, 512) ?? null;
    const done: Done = (outcome) => {
      if (!outcome.ok) {
        respondError(respond, outcome.error);
        return;
      }
      // One cookie at a time: the sticky one comes with the answer to the first events.
      const headers =
        cookie === undefined
          ? sticky?.headers(request, outcome.servedBy)
          : { 'set-cookie': cookie, 'cache-control': 'no-store' };
      answer(respond, { visitID, globalVisitID, newVisit: true, categories }, headers);
    };
    routing.commandFresh(visitAddress(visitID), { kind: 'startVisit', globalVisitID, userAgent }, done);
  }

  function answer(
    respond: Respond,
    ids: { visitID: string; globalVisitID: string; newVisit: boolean; categories: string[] },
    headers?: Headers,
  ): void {
    respondJson(respond, { ...ids, serverTime: clock.nowMs() }, headers);
  }
}

function pageOf(request: EdgeRequest): { url: string; title: string; languageCode: string } {
  const url = request.query('url') ?? '';
  const languageCode = request.query('languageCode') ?? '';
  if (url.length > eventLimits.urlLengthMax) {
    throw new AppError('BAD_REQUEST', `url must have at most ${eventLimits.urlLengthMax} characters`, {
      field: 'url',
    });
  }
  if (languageCode.length > eventLimits.languageLengthMax) {
    const message = `languageCode must have at most ${eventLimits.languageLengthMax} characters`;
    throw new AppError('BAD_REQUEST', message, { field: 'languageCode' });
  }
  return { url, title: (request.query('title') ?? '').slice(0, titleLengthMax), languageCode };
}

function idParameter(request: EdgeRequest, name: string): string | undefined {
  const value = request.query(name);
  if (value === undefined || value === '') return undefined;
  if (!isId(value)) throw new AppError('BAD_REQUEST', `${name} must be ${idRule}`, { field: name });
  return value;
}
