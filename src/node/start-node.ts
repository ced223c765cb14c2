/** Wires a node, starts its parts in order, and stops them in reverse. The only place that knows every class. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { createRuntime, openDocumentSets } from '../actors/runtime/index.js';
import type { Clock, Random } from '../base/index.js';
import { createCategoryMatcher } from '../categories/index.js';
import { createRouting } from '../cluster/index.js';
import { type Configuration, noPasswordHash, settingsOf, verifyPassword } from '../config/index.js';
import { createDefaultPolicy } from '../strategy/index.js';
import { asFallback, createRestApplication } from '../transport/rest/application.js';
import { historyRoutes } from '../transport/rest/history/index.js';
import { rulesRoutes } from '../transport/rest/rules/index.js';
import { explainRoutes, notifyRoutes } from '../transport/rest/visits/index.js';
import {
  createSessionTokens,
  type Person,
  sessionCookieName,
  workspaceRoutes,
} from '../transport/rest/workspace/index.js';
import {
  type About,
  categoriesRoute,
  chatRoutes,
  dispositionRoute,
  eventsRoute,
  healthRoutes,
} from '../transport/visitor/index.js';
import { createAgentEdge, createVisitorEdge, type DoorsOptions, listenForRules } from './doors.js';
import { createSharedHub } from './push.js';
import { nodeSecret } from './secret.js';
import { seedDocuments } from './seed.js';
import { openStorage } from './storage.js';
import { readVisitSummary } from './visit-summary.js';

export interface NodeStartOptions {
  configuration: Configuration;
  version: string;
  logger: Logger;
  /** Folder of the built browser files. */
  distFolder: string;
}

export interface RunningNode {
  /** Base URLs by what they are for. */
  readonly addresses: Record<'site' | 'workspace' | 'deploy' | 'server', string>;
  /** Finishes what is under way, writes everything, and closes. */
  stop(): Promise<void>;
}

/** Bytes of journal after which cells are written and the journal is freed. */
const checkpointBytes = 24 * 1024 * 1024;
const restBodyBytesMax = 2 * 1024 * 1024;
const restTimeoutMs = 30_000;

const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const random: Random = {
  id: () => randomBytes(16).toString('hex').toUpperCase(),
  fraction: () => Math.random(),
};
