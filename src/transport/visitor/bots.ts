/**
 * Tells crawlers by their User-Agent. They run the tracker like any browser, and must neither become visits
 * nor be met with errors that they would report as the site's own.
 */
import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import { isOwnMachine } from '../../base/index.js';
import type { EdgeRequest } from '../edge/index.js';

export interface BotFilter {
  /** Counts the request when it is a bot's. The route must list the header `user-agent`. */
  isBot(request: EdgeRequest): boolean;
}

/** A User-Agent is looked at no further than this. */
const lengthMax = 512;
const knownMax = 5_000;

/** Callers on the machine itself are never bots: they are the operator's own checks. */
export function createBotFilter(isOn: boolean, onBot: () => void): BotFilter {
  const known = new LRUCache<string, boolean>({ max: knownMax });
  return {
    isBot(request) {
      if (!isOn) return false;
      const agent = request.header('user-agent')?.slice(0, lengthMax);
      if (agent === undefined) return false;
      let answer = known.get(agent);
      if (answer === undefined) known.set(agent, (answer = isbot(agent)));
      if (!answer || isOwnMachine(request.remoteAddress)) return false;
      onBot();
      return true;
    },
  };
}
