/** Starts a node's parts in order and stops them in reverse. Only here are all of them known. */
import type { Logger } from 'pino';
import type { Configuration } from '../config/index.js';
import type { Routing } from '../cluster/index.js';
import { createMetrics, startReporters } from '../metrics/index.js';
import { asFallback, createSessionTokens, sessionCookieName } from '../transport/rest/index.js';
import type { About } from '../transport/visitor/index.js';
import type { Edge, TlsParameters } from '../transport/edge/index.js';
import { clock, type Core, startCore } from './core.js';
import { createAgentEdge, createVisitorEdge, type DoorsOptions, listenForRules } from './doors.js';
import { createRulesRest, createVisitorRest, createWorkspaceRest } from './rest.js';
import { readingOf, summaryOf } from './cluster.js';
import { listenForSearches } from './search-index.js';
import { secretOf } from './secret.js';
import { seedDocuments, seedWhenServing } from './seed.js';
import { createVisitorRoutes, visitBindingOf } from './visitor-routes.js';

export interface NodeStartOptions {
  configuration: Configuration;
  version: string;
  logger: Logger;
  /** Folder of the built browser files. */
  distFolder: string;
  /** Start-up parameters of TLS, for the port `https`. */
  tls?: TlsParameters | undefined;
}

/** Base URLs by what they are for. */
export interface NodeAddresses {
  site: string;
  server: string;
  workspace: string;
  deploy: string;
  /** The server over TLS, when the node has a port `https`. */
  secure?: string;
}

export interface RunningNode {
  readonly addresses: NodeAddresses;
  /** Hands over to the other nodes, finishes what is under way, writes everything, and closes. */
  stop(): Promise<void>;
}

type Stops = (() => Promise<void> | void)[];

/**
 * Starts a node and resolves when it serves. Throws `AppError`: the data folder is in use, a port is taken, a
 * shipped rule has a mistake. What was started by then is stopped again.
 */
export async function startNode(options: NodeStartOptions): Promise<RunningNode> {
  const stops: Stops = [];
  try {
    return await start(options, stops);
  } catch (error) {
    await stopAll(stops, options.logger);
    throw error;
  }
}

/** Runs what stops the parts, the last started first; one that fails does not keep the others. */
async function stopAll(stops: Stops, logger: Logger): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    try {
      await stop();
    } catch (error) {
      logger.error({ err: error }, 'a part of the node did not stop as it should');
    }
  }
}

async function start(options: NodeStartOptions, stops: Stops): Promise<RunningNode> {
  const { configuration, logger, version } = options;
  const startedAt = clock.nowMs();
  let notServing: string | undefined = 'The node is starting.';
  const metrics = createMetrics({
    windowSize: configuration.options.metrics['monitoring.event.timer.slidingWindowSize'],
    interactionMinMs: configuration.options.pacing.interactionMinProcessingTime * 1_000,
  });
  stops.push(() => metrics.close());
  stops.push(
    startReporters({
      metrics,
      options: configuration.options.metrics,
      logger,
      print: (text) => process.stdout.write(text),
    }),
  );
  const core = await startCore(configuration, logger, metrics, stops, () => notServing);
  const { routing, storage, cluster } = core;
  // Whom a door has let in by then is still answered.
  stops.push(() => {
    notServing = 'The node is stopping.';
  });
  let isLeaving = false;
  // The doors answer `about` while the last of them is still opening.
  let known: Partial<NodeAddresses> = {};
  const addresses = await openDoors(options, core, stops, () => aboutNode());
  known = addresses;
  notServing = undefined;
  const seed = { store: storage.store, routing, folder: configuration.application.folder };
  if (cluster === undefined) await seedDocuments(seed);
  else {
    stops.push(seedWhenServing(seed, logger));
    stops.push(() => {
      isLeaving = true;
      return cluster.drain(configuration.options.cluster.drainTime);
    });
  }

  /** A balancer shall send nobody to a node that hands over, though it serves until that is done. */
  function serving(): Routing['serving'] {
    return isLeaving ? { ok: false, reason: 'The node hands its visits over, and stops.' } : routing.serving;
  }

  function aboutNode(): About {
    const { ok, reason } = { reason: undefined, ...serving() };
    return {
      application: configuration.clusterApplication,
      node: configuration.node.application,
      version,
      startedAt,
      serving: ok,
      ...(ok ? {} : { reason }),
      addresses: { ...known },
      ...(cluster === undefined ? {} : { cluster: summaryOf(cluster) }),
    };
  }

  return { addresses, stop: () => stopAll(stops, logger) };
}

async function openDoors(
  options: NodeStartOptions,
  core: Core,
  stops: Stops,
  about: () => About,
): Promise<NodeAddresses> {
  const { configuration, logger, distFolder } = options;
  const { agentSessionTime } = configuration.options.beckon;
  const secret = await secretOf(configuration);
  const tokens = createSessionTokens(secret, agentSessionTime * 1_000);
  const binding = visitBindingOf(configuration, secret, core.routing);
  const edges: { agents?: Edge } = {};
  const visitorRest = await createVisitorRest(core, configuration, logger, options.version);
  const workspaceRest = await createWorkspaceRest(core, configuration, logger, tokens, (user) =>
    edges.agents?.endSessions(user),
  );
  const rulesRest = await createRulesRest(core, configuration, logger);
  stops.push(() =>
    Promise.all([visitorRest.close(), workspaceRest.close(), rulesRest.close()]).then(() => undefined),
  );
  const people = new Set(configuration.agents.map((agent) => agent.user));
  const doors: DoorsOptions = {
    configuration,
    logger,
    routing: core.routing,
    distFolder,
    visitorRoutes: await createVisitorRoutes({ core, configuration, logger, binding, about, stops }),
    binding,
    tls: options.tls,
    visitorRest: asFallback(visitorRest),
    workspaceRest: asFallback(workspaceRest),
    agentOf(cookie) {
      const user = tokens.verify(cookie, clock.nowMs());
      return user !== undefined && people.has(user) ? user : undefined;
    },
    sessionCookieName,
    announce: (channel) => core.hub.announce(channel),
  };
  const visitors = createVisitorEdge(doors);
  const agents = createAgentEdge(doors);
  edges.agents = agents;
  watchParts(core, { default: visitors, ui: agents });
  for (const edge of [visitors, agents]) core.hub.add(edge);
  if (core.picture !== undefined) stops.push(core.picture.publish(agents));
  stops.push(() => Promise.all([visitors.close(), agents.close()]).then(() => undefined));
  const gateway = await listenForSearches(configuration, core.storage.index, options.version);
  if (gateway !== undefined) stops.push(() => gateway.close());
  const { host } = configuration.node;
  const base = `http://${urlHost(host)}`;
  const [site, workspace, deploy] = [
    await visitors.listen(),
    await agents.listen(),
    await listenForRules(rulesRest, configuration, logger),
  ];
  return {
    site: `${base}:${site}/${configuration.application.name}/`,
    server: `${base}:${site}/server`,
    workspace: `${base}:${workspace}/workspace/`,
    deploy: `http://${urlHost(deploy.host)}:${deploy.port}/server/data/rules/deploy`,
    ...(visitors.securePort === 0
      ? {}
      : { secure: `${base.replace('http', 'https')}:${visitors.securePort}/server` }),
  };
}

/** Lets the metrics ask the parts when they are read. */
function watchParts({ metrics, runtime, storage, cluster }: Core, edges: Record<string, Edge>): void {
  const { journal, writeBehind } = storage;
  metrics.watch({
    caches: () => runtime.figures().caches,
    deadlines: () => runtime.figures().deadlines,
    edges: () => Object.fromEntries(Object.entries(edges).map(([id, edge]) => [id, edge.stats()])),
    sinks: () => writeBehind.sinks,
    ...(storage.connection === undefined ? {} : { database: storage.connection }),
    ...(cluster === undefined ? {} : { cluster: () => readingOf(cluster) }),
    journal: () => ({ nextSeq: journal.nextSeq, committedSeq: journal.committedSeq, bytes: journal.bytes }),
  });
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
