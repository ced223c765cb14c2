/** The REST applications of a node's ports. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppError } from '../base/index.js';
import { type AgentAccount, type Configuration, noPasswordHash, verifyPassword } from '../config/index.js';
import {
  backtestRoutes,
  basicAuthentication,
  backtestStreamRoute,
  categoriesRoutes,
  clusterRoutes,
  createRestApplication,
  dslRoutes,
  historyRoutes,
  ownMachineOnly,
  privacyRoutes,
  rebuildRoute,
  rulesRoutes,
  sessionCookieName,
  visitRoutes,
  workspaceRoutes,
} from '../transport/rest/index.js';
import type { Person, SessionTokens } from '../transport/rest/index.js';
import { clock, type Core } from './core.js';
import { rebuildOf } from './search-index.js';
import { readVisitSummary } from './visit-summary.js';

const bodyBytesMax = 2 * 1024 * 1024;
const requestTimeoutMs = 30_000;
const drainMs = 5_000;

function limits(logger: Logger) {
  return {
    bodyBytesMax,
    requestTimeoutMs,
    onError: (error: unknown, requestId: string, route: string) =>
      logger.error({ err: error, requestId, route }, 'a request failed'),
  };
}

/** History, notification and rule explanations, on the default port. */
export function createVisitorRest(
  core: Core,
  configuration: Configuration,
  logger: Logger,
  packageVersion: string,
): Promise<FastifyInstance> {
  const { store, writeBehind } = core.storage;
  const { security } = configuration.options;
  return createRestApplication({
    ...limits(logger),
    openApi: {
      path: '/server/data/openapi.json',
      title: 'Beckon: history and notification',
      description: 'What is kept of visits, and what a site may push to its visitors.',
      version: packageVersion,
    },
    guard: basicAuthentication(security, () => clock.nowMs()) ?? ownMachineOnly,
    plugins: [
      {
        prefix: '/server/data',
        plugin: historyRoutes({
          store,
          routing: core.routing,
          drained: (visitId, timeoutMs) => writeBehind.drained(visitId, timeoutMs),
          security,
        }),
      },
      {
        prefix: '/server/data',
        plugin: visitRoutes({
          store,
          drained: (visitId) => writeBehind.drained(visitId),
          rules: () => core.documents.current.rules,
          domains: () => core.documents.current.domains,
          routing: core.routing,
          security,
        }),
      },
    ],
  });
}

/** The agent workspace's API, on the `ui` port. */
export function createWorkspaceRest(
  core: Core,
  configuration: Configuration,
  logger: Logger,
  tokens: SessionTokens,
  onLogout: (user: string) => void,
): Promise<FastifyInstance> {
  const { store, writeBehind } = core.storage;
  const people = new Map(configuration.agents.map((agent) => [agent.user, agent]));

  async function authenticate(user: string, password: string): Promise<Person | undefined> {
    const agent = people.get(user);
    // An unknown user costs the same time as a wrong password.
    const right = await verifyPassword(password, agent?.passwordHash ?? noPasswordHash);
    if (agent === undefined || !right) return undefined;
    return { user, name: agent.name, groups: [...agent.groups], capacity: agent.capacity };
  }

  const plugin = workspaceRoutes({
    routing: core.routing,
    clock,
    tokens,
    authenticate,
    knows: (user) => people.has(user),
    visitors: core.hub,
    async readVisit(visitId) {
      await writeBehind.drained(visitId);
      return readVisitSummary(store, visitId);
    },
    onLogout,
  });
  function personOf(request: FastifyRequest): AgentAccount {
    const user = tokens.verify(request.cookies[sessionCookieName], clock.nowMs());
    const person = user === undefined ? undefined : people.get(user);
    if (person === undefined) throw new AppError('UNAUTHENTICATED', 'Log in first.');
    return person;
  }
  const backtests = backtestRoutes({
    runs: core.backtests,
    deployed: () => core.documents.deployedPackages,
    userOf: (request) => personOf(request).user,
  });
  const categories = categoriesRoutes({
    routing: core.routing,
    set: core.documents,
    store,
    drained: () => writeBehind.drained(),
    authorize(request) {
      if (personOf(request).privileges.includes('categories')) return;
      throw new AppError('FORBIDDEN', 'You may not manage categories: your account lacks the privilege.');
    },
  });
  const privacy = privacyRoutes({
    privacy: core.privacy,
    authorize(request) {
      const person = personOf(request);
      if (person.privileges.includes('privacy')) return person.user;
      throw new AppError('FORBIDDEN', 'You may not do this: your account lacks the privilege "privacy".');
    },
    onDone: (what, by) => logger.info({ what, by }, 'what is kept of a person was asked for'),
  });
  const { cluster: here, picture } = core;
  const cluster = clusterRoutes({
    cluster:
      here === undefined || picture === undefined
        ? undefined
        : { picture: () => picture.read(), operate: (command) => here.operate(command) },
    authorize(request) {
      const person = personOf(request);
      if (person.privileges.includes('cluster')) return person.user;
      throw new AppError('FORBIDDEN', 'You may not do this: your account lacks the privilege "cluster".');
    },
    onCommand: (command, by) => logger.info({ command, by }, 'a person commands the cluster'),
  });
  return createRestApplication({
    ...limits(logger),
    plugins: [
      { prefix: '/workspace/api', plugin },
      { prefix: '/cluster/api', plugin: cluster },
      { prefix: '/backtest/api', plugin: backtests },
      { prefix: '/server/api/categories', plugin: categories },
      { prefix: '/server/api/privacy', plugin: privacy },
    ],
  });
}

/** Deployment of rules and DSL files, on a port of its own. */
export function createRulesRest(
  { routing, documents, storage, backtests }: Core,
  configuration: Configuration,
  logger: Logger,
): Promise<FastifyInstance> {
  const plugin = rulesRoutes({
    routing,
    deployed: () => documents.deployedPackages,
    store: storage.store,
    drained: () => storage.writeBehind.drained(undefined, drainMs),
  });
  const dsl = dslRoutes({
    routing,
    application: configuration.application.name,
    deployed: () => documents.dslFiles,
    store: storage.store,
    drained: () => storage.writeBehind.drained(undefined, drainMs),
  });
  return createRestApplication({
    ...limits(logger),
    guard: basicAuthentication(configuration.options.security, () => clock.nowMs()) ?? ownMachineOnly,
    plugins: [
      { prefix: '/server/data', plugin },
      { prefix: '/server/data', plugin: dsl },
      { prefix: '/server/data', plugin: backtestStreamRoute({ runs: backtests }) },
      {
        prefix: '/server/data',
        plugin: rebuildRoute({ rebuild: rebuildOf(storage, logger), nowMs: () => clock.nowMs() }),
      },
    ],
  });
}
