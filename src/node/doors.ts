/** The ports of a node: what is served where, and who may subscribe to what. */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { visitAddress } from '../actors/protocol/index.js';
import { isOwnMachine, AppError } from '../base/index.js';
import type { Configuration } from '../config/index.js';
import { clusterChannel, isId, type OutboxMark } from '../model/index.js';
import type {
  BayeuxPolicy,
  BayeuxSettings,
  ConnectionType,
  MissedMessage,
  SessionContext,
} from '../transport/bayeux/index.js';
import {
  type CorsOptions,
  createEdge,
  type Edge,
  type EdgeLimits,
  type FallbackApp,
  type Headers,
  type HotRoute,
  type SecureOptions,
  type StaticMount,
  type StaticOptions,
  type TlsParameters,
  type WireChoice,
} from '../transport/edge/index.js';
import type { Routing } from '../cluster/index.js';
import type { VisitBinding } from '../transport/visitor/index.js';

export interface DoorsOptions {
  configuration: Configuration;
  logger: Logger;
  routing: Routing;
  /** Built browser files. */
  distFolder: string;
  tls: TlsParameters | undefined;
  visitorRoutes: readonly HotRoute[];
  visitorRest: FallbackApp;
  workspaceRest: FallbackApp;
  /** The agent that a workspace cookie stands for. */
  agentOf(cookie: string | undefined): string | undefined;
  sessionCookieName: string;
  binding: VisitBinding;
  /** A browser of this node listens to `channel`: whoever serves it shall know. */
  announce(channel: string): void;
}

const visitorChannel = /^\/(notification|monitor)\/([^/*]+)$/;

interface VisitorContext extends SessionContext {
  readonly cookies: string | undefined;
}

/** A browser may listen to its own visits, and say nothing: what it has to say goes over HTTP. */
function visitorPolicy(binding: VisitBinding): BayeuxPolicy<VisitorContext> {
  return {
    maySubscribe({ cookies }, channel) {
      const visitID = visitorChannel.exec(channel)?.[2];
      return isId(visitID) && binding.allows(visitID, cookies);
    },
    mayPublish: () => false,
    keepsOutbox: (channel) => channel.startsWith('/notification/'),
  };
}

/** An agent may listen to the own workspace, and watch visits; who has the privilege, the cluster. */
function agentPolicy({ agents }: Configuration): BayeuxPolicy<SessionContext> {
  const operators = new Set(
    agents.filter(({ privileges }) => privileges.includes('cluster')).map(({ user }) => user),
  );
  return {
    maySubscribe: ({ identity }, channel) =>
      channel === `/workspace/${identity}` ||
      channel === `/backtest/${identity}` ||
      (channel === clusterChannel && operators.has(identity)) ||
      isId(/^\/monitor\/([^/*]+)$/.exec(channel)?.[1]),
    mayPublish: () => false,
  };
}

/** Pages of ours load nothing from elsewhere and run no inline script. */
const pageHeaders: Headers = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
};

/** The port of the site's visitors. */
export function createVisitorEdge(options: DoorsOptions): Edge {
  const { configuration, routing, distFolder } = options;
  const { host, ports } = configuration.node;
  const { folder, name } = configuration.application;
  const edge: Edge = createEdge({
    ...common(options),
    // Not on the agents' port: its answers are for its own pages.
    jsonpWhiteList: configuration.options.web['jsonp.whiteList'],
    host,
    port: ports.default,
    secure: secureOptions(options),
    routes: [...options.visitorRoutes, redirect('/', `/${name}/`), redirect(`/${name}`, `/${name}/`)],
    fallback: options.visitorRest,
    mounts: [
      { prefix: '/server/resources/js/build/', folder: join(distFolder, 'tracker') },
      { prefix: '/server/resources/', folder: join(folder, 'resources') },
      { prefix: `/${name}/panel/`, folder: join(distFolder, name), headers: pageHeaders },
      { prefix: `/${name}/`, folder: join(folder, 'site'), headers: pageHeaders },
    ] satisfies StaticMount[],
    bayeux: {
      path: '/server/cometd',
      settings: bayeuxSettings(configuration),
      policy: visitorPolicy(options.binding),
      contextOf: (request) => ({ identity: '', cookies: request.header('cookie') }),
      onSubscribed: (channel, _context, session, since) => {
        options.announce(channel);
        if (!channel.startsWith('/notification/')) return;
        const visitID = channel.slice('/notification/'.length);
        if (since === undefined) tellPending(visitID, channel, session);
        else void tellMissed(visitID, channel, session, since);
      },
    },
  });

  /** What was pushed while the browser was away and still holds: an open invitation, an open chat. */
  function tellPending(visitID: string, channel: string, session: string): void {
    routing.query(visitAddress(visitID).cell, { kind: 'pendingNotifications' }).then(
      (messages) => {
        if (messages.length > 0) edge.deliver(session, channel, messages as never);
      },
      (error: unknown) => options.logger.warn({ err: error }, 'pending notifications could not be read'),
    );
  }

  /**
   * What a browser missed that says how far it has seen. One that has seen nothing is told what is pending.
   */
  async function tellMissed(
    visitID: string,
    channel: string,
    session: string,
    since: OutboxMark | null,
  ): Promise<void> {
    const missed: MissedMessage[] = [];
    try {
      const position = since ?? unseen;
      const answer = await routing.query(visitAddress(visitID).cell, {
        kind: 'missedNotifications',
        since: position,
      });
      const { mark, pending, entries } = answer;
      if (pending.length > 0) missed.push({ data: pending as never, mark: undefined });
      for (const entry of entries) missed.push({ data: entry.messages as never, mark: entry.mark });
      const isNews = mark.epoch !== position.epoch || mark.offset !== position.offset;
      // The place alone is news too: what is pushed after it is then known to be missed.
      if (entries.length === 0 && isNews) missed.push({ data: [], mark });
    } catch (error) {
      options.logger.warn({ err: error }, 'missed notifications could not be read');
    }
    edge.catchUp(session, channel, missed);
  }

  return edge;
}

/** The port `https` serves what the default port does. Throws `AppError` NOT_READY without a certificate. */
function secureOptions({ configuration, tls }: DoorsOptions): SecureOptions | undefined {
  const port = configuration.node.ports.https;
  if (port === undefined) return undefined;
  const strictTransportSeconds = configuration.options.beckon.strictTransportSecurity;
  if (tls !== undefined) return { port, identity: tls, strictTransportSeconds };
  const what = 'the environment must name CERTIFICATE and PRIVATE_KEY, or a key store';
  throw new AppError('NOT_READY', `The port https needs a certificate: ${what}.`);
}

/** A place in no outbox: everything before it is gone. */
const unseen: OutboxMark = { epoch: '', offset: -1 };

/** Each at its own address on the agents' port, with its API below. */
const officePages = ['workspace', 'backtest', 'cluster'] as const;

/** The port of the agents. */
export function createAgentEdge(options: DoorsOptions): Edge {
  const { configuration, distFolder, sessionCookieName } = options;
  const { host, ports } = configuration.node;
  return createEdge({
    ...common(options),
    host,
    port: ports.ui,
    routes: [redirect('/', '/workspace/'), ...officePages.map((page) => redirect(`/${page}`, `/${page}/`))],
    fallback: options.workspaceRest,
    mounts: officePages.map((page) => ({
      prefix: `/${page}/`,
      folder: join(distFolder, 'ui', page),
      hashedFolder: 'assets/',
      except: [`/${page}/api/`],
      headers: pageHeaders,
      pageFallback: 'index.html',
    })),
    bayeux: {
      path: '/server/cometd',
      // An agent may have the workspace open in several windows.
      settings: { ...bayeuxSettings(configuration), maxSessionsPerBrowser: 10 },
      policy: agentPolicy(configuration),
      contextOf(request) {
        const user = options.agentOf(request.cookie(sessionCookieName));
        return user === undefined ? null : { identity: user };
      },
      onSubscribed: (channel) => options.announce(channel),
    },
  });
}

/**
 * The rule deployment port. Without credentials whoever reaches it may change the rules, so then it listens
 * on the machine alone, wherever the other ports do. Gives the address and port listened on.
 */
export async function listenForRules(
  application: FastifyInstance,
  { node, options }: Configuration,
  logger: Logger,
): Promise<{ host: string; port: number }> {
  const isOpen = options.security['auth-scheme'] === 'none' && !isOwnMachine(node.host);
  const host = isOpen && node.host !== 'localhost' ? '127.0.0.1' : node.host;
  if (host !== node.host) {
    const reason =
      'the deployment port has no credentials (security/auth-scheme): it listens on this machine alone';
    logger.warn({ host }, reason);
  }
  const port = node.ports['server/data/rules/deploy'];
  await application.listen({ host, port });
  const address = application.server.address();
  return { host, port: typeof address === 'object' && address !== null ? address.port : port };
}

function common({ configuration, logger }: DoorsOptions): {
  cors: CorsOptions;
  static: Partial<StaticOptions>;
  wire: WireChoice;
  trustedProxies: readonly string[];
  limits: Partial<EdgeLimits>;
  onError: (error: unknown, where: string) => void;
} {
  const { web, beckon } = configuration.options;
  return {
    wire: beckon.wire,
    trustedProxies: beckon.trustedProxies,
    limits: {
      addressRequestsPerSecond: beckon.addressRequestRate,
      addressWebSocketsMax: beckon.addressWebSocketsMax,
      addressConnectionsMax: beckon.addressConnectionsMax,
      connectionsMax: beckon.connectionsMax,
    },
    cors: {
      allowedOrigins: web['cors.allowedOrigins'],
      allowedMethods: web['cors.allowedMethods'],
      allowedHeaders: web['cors.allowedHeaders'],
      urlMapping: web['cors.urlMapping'],
    },
    static: {
      cacheControl: web.staticResourcesCacheControl,
      cacheControlPattern: new RegExp(web.staticResourcesCacheControlPattern),
    },
    onError: (error, where) => logger.error({ err: error, where }, 'a request failed'),
  };
}

const transportOf: Record<string, ConnectionType> = {
  JettyWebSocketTransport: 'websocket',
  WebSocketTransport: 'websocket',
  JSONTransport: 'long-polling',
  JSONPTransport: 'callback-polling',
};

function bayeuxSettings({ options }: Configuration): Partial<BayeuxSettings> {
  const { cometd, beckon } = options;
  return {
    timeoutMs: cometd.timeout * 1_000,
    intervalMs: cometd.interval * 1_000,
    maxIntervalMs: cometd.maxInterval * 1_000,
    heartBeatTimeoutMs: cometd.heartBeatTimeout * 1_000,
    maxSessionsPerBrowser: cometd.maxSessionsPerBrowser,
    sessionsMax: beckon.pushSessionsMax,
    transports: cometd.transports.flatMap((name) => transportOf[name.split('.').at(-1) ?? ''] ?? []),
  };
}

function redirect(path: string, to: string): HotRoute {
  return {
    method: 'GET',
    path,
    bodyBytesMax: 0,
    handle: (_request, respond) => respond(302, '', { location: to, 'content-type': 'text/plain' }),
  };
}
