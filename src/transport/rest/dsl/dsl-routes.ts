/**
 * DSL files over the deployment port: one for each application, checked before it is taken, and each change a
 * new version. Pages get the new file from their next load on.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../base/index.js';
import { checkDsl, type CheckedEvent } from '../../../dsl/check/index.js';
import { takeAnyText, textOf } from '../any-text.js';
import { refuseForeignPages } from '../foreign-pages.js';
import {
  refusalOf,
  versionRoutes,
  versionsOf,
  type TextVersions,
  type VersionsOptions,
} from '../versions/index.js';

/** A deployed DSL file. */
export interface DslFile {
  version: number;
  text: string;
}

export interface DslRoutesOptions extends VersionsOptions {
  /** The application that a deployment means when it names none. */
  application: string;
  /** The deployed files by application; one that is not there is served as the application was shipped. */
  deployed(): ReadonlyMap<string, DslFile>;
}

type NamedRequest = FastifyRequest<{ Params: { name: string } }>;

const namePattern = /^[A-Za-z0-9][\w-]{0,63}$/;

export function dslRoutes(options: DslRoutesOptions): FastifyPluginCallback {
  const versions = versionsOf({ kind: 'dsl', neverDeployed }, options);
  return (application, _options, done) => {
    takeAnyText(application);
    application.addHook('onRequest', refuseForeignPages);
    readingRoutes(application, options);
    deployRoute(application, options, versions);
    versionRoutes(application, {
      path: '/dsl',
      nameField: 'application',
      versions,
      current: (name) => options.deployed().get(name)?.version,
      needDeployed: (name) => deployedFor(options, name),
      deploy: (name, text, reply, consequence) => deploy(versions, name, text, reply, consequence),
    });
    done();
  };
}

function readingRoutes(application: FastifyInstance, options: DslRoutesOptions): void {
  const { deployed } = options;

  application.get('/dsl', () =>
    [...deployed()].map(([name, { version, text }]) => ({
      application: name,
      version,
      events: eventsOf(text),
    })),
  );

  application.post('/dsl/check', (request) => checkDsl(textOf(request)));

  application.get('/dsl/:name', (request: NamedRequest) => {
    const { name } = request.params;
    const { version, text } = deployedFor(options, name);
    return { application: name, version, text };
  });
}

function deployRoute(application: FastifyInstance, options: DslRoutesOptions, versions: TextVersions): void {
  application.post('/dsl/deploy', async (request, reply) => {
    const { application: named } = request.query as { application?: unknown };
    const name = named ?? options.application;
    if (typeof name !== 'string' || !namePattern.test(name)) {
      const message = 'application must be a name of letters, digits, "_" and "-"';
      throw new AppError('BAD_REQUEST', message, { field: 'application' });
    }
    const text = textOf(request);
    if (text.trim() === '') throw new AppError('BAD_REQUEST', 'The body must be the text of a DSL file.');
    return deploy(versions, name, text, reply, 'nothing was deployed');
  });
}

async function deploy(
  versions: TextVersions,
  name: string,
  text: string,
  reply: FastifyReply,
  consequence: string,
): Promise<object> {
  const checked = checkDsl(text);
  if (!checked.ok) {
    void reply.status(400);
    return { ...refusalOf('The DSL file', consequence, checked.errors), warnings: checked.warnings };
  }
  const version = await versions.put(name, text);
  return { application: name, version, events: checked.events, warnings: checked.warnings };
}

function deployedFor({ deployed }: DslRoutesOptions, name: string): DslFile {
  const file = deployed().get(name);
  if (file === undefined) throw neverDeployed(name);
  return file;
}

function neverDeployed(name: string): AppError {
  return new AppError('NOT_FOUND', `No DSL file is deployed for ${name}; its shipped one is served.`);
}

function eventsOf(text: string): CheckedEvent[] {
  const checked = checkDsl(text);
  return checked.ok ? checked.events : [];
}
