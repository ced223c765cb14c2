/** The hot routes of the visitors' port, with what stands guard before them. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { TokenBuckets } from '../base/index.js';
import type { Routing } from '../cluster/index.js';
import type { Configuration } from '../config/index.js';
import type { HotRoute } from '../transport/edge/index.js';
import {
  type About,
  categoriesRoute,
  chatRoutes,
  createBotFilter,
  createLiveMatcher,
  createSticky,
  createVisitBinding,
  dispositionRoute,
  dslRoute,
  eventsRoute,
  healthRoutes,
  type VisitBinding,
} from '../transport/visitor/index.js';
import { clock, type Core, random } from './core.js';
import { openVisitorFacts } from './visitor-facts.js';

/** Seconds of events that a visit may send at once: a page that was offline sends what it kept. */
const burstSeconds = 20;
/** Visits whose rate is remembered. */
const visitsMax = 50_000;

export interface VisitorRoutesOptions {
  core: Core;
  configuration: Configuration;
  logger: Logger;
  binding: VisitBinding;
  about: () => About;
  stops: (() => Promise<void> | void)[];
}

export async function createVisitorRoutes(given: VisitorRoutesOptions): Promise<HotRoute[]> {
  const { core, binding, about, stops } = given;
  const { application, options } = given.configuration;
  const { routing, documents, metrics, hub } = core;
  const matcher = createLiveMatcher(documents, clock);
  const sticky = createSticky({
    node: given.configuration.node.application,
    onMisrouted: (cookie) => metrics.requestMisrouted(cookie),
  });
  const bots = createBotFilter(options.beckon.botFilter, () => metrics.botSeen());
  return [
    eventsRoute({
      routing,
      clock,
      matcher: () => matcher.current,
      binding,
      bots,
      sticky,
      rates: visitRates(options.beckon.visitEventRate),
      onVisitStarted: await openVisitorFacts(options.privacy, given.logger, stops),
      onRejected: (count) => metrics.eventsRejected(count),
      onStable: (durationMs, events) => metrics.eventsTimed(durationMs, events),
    }),
    categoriesRoute({ routing, random, clock, matcher: () => matcher.current, binding, bots, sticky }),
    dispositionRoute(routing, binding),
    dslRoute({
      application: application.name,
      folder: join(application.folder, 'resources', 'dsl'),
      deployed: (name) => documents.dslFiles.get(name),
    }),
    ...chatRoutes({ routing, agents: hub, binding }),
    ...healthRoutes(about, options.metrics['reporter.jmx.enabled'] ? metrics : undefined),
  ];
}

/** `secret` serves where the nodes have no key in common. */
export function visitBindingOf({ options }: Configuration, secret: Buffer, routing: Routing): VisitBinding {
  const { visitBinding, visitKey } = options.beckon;
  return createVisitBinding({
    key: visitKey === undefined ? secret : Buffer.from(visitKey),
    isRequired: visitBinding === 'required',
    randomId: () => random.id(),
    choose: (draw) => routing.mintVisitId(draw),
  });
}

function visitRates(perSecond: number): TokenBuckets | undefined {
  if (perSecond === 0) return undefined;
  return new TokenBuckets({ perSecond, burst: perSecond * burstSeconds, keysMax: visitsMax });
}
