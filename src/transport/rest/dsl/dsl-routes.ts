/**
 * DSL files over the deployment port: one for each application, checked before it is taken, and each change a
 * new version. Pages get the new file from their next load on.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { documentAddress, type DocumentPut } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import { checkDsl, type CheckedEvent, type Problem } from '../../../dsl/check/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { takeAnyText, textOf } from '../any-text.js';
import { readLimit, readRollback } from '../rules/parameters.js';
import { refuseForeignPages } from '../foreign-pages.js';

/** A deployed DSL file. */
export interface DslFile {
  version: number;
  text: string;
}

export interface DslRoutesOptions {
  routing: Routing;
  /** The application that a deployment means when it names none. */
  application: string;
  /** The deployed files by application; one that is not there is served as the application was shipped. */
  deployed(): ReadonlyMap<string, DslFile>;
  store: Pick<OperationalStore, 'readDocumentHistory' | 'readDocumentVersion'>;
  /** Resolves when what is on its way to the store has been written. */
  drained(): Promise<void>;
}

type NamedRequest = FastifyRequest<{ Params: { application: string } }>;

const documentKind = 'dsl';
const namePattern = /^[A-Za-z0-9][\w-]{0,63}$/;

export function dslRoutes(options: DslRoutesOptions): FastifyPluginCallback {
  return (application, _options, done) => {
    takeAnyText(application);
    application.addHook('onRequest', refuseForeignPages);
    readingRoutes(application, options);
    changingRoutes(application, options);
    done();
  };
}

function readingRoutes(application: FastifyInstance, options: DslRoutesOptions): void {
  const { deployed, store, drained } = options;

  application.get('/dsl', () =>
    [...deployed()].map(([name, { version, text }]) => ({
      application: name,
      version,
      events: eventsOf(text),
    })),
  );

  application.post('/dsl/check', (request) => checkDsl(textOf(request)));

  application.get('/dsl/:application', (request: NamedRequest) => {
    const { application: name } = request.params;
    const { version, text } = deployedFor(options, name);
    return { application: name, version, text };
  });

  application.get('/dsl/:application/versions', async (request: NamedRequest) => {
    const { application: name } = request.params;
    const limit = readLimit(request.query);
    await drained();
    const history = await store.readDocumentHistory(documentKind, name, limit);
    if (history.length === 0) throw neverDeployed(name);
    const current = deployed().get(name)?.version;
    return history.map(({ version, at, value }) => ({
      version,
      at,
      kind: value === null ? 'undeployed' : 'deployed',
      current: version === current,
      bytes: value === null ? 0 : Buffer.byteLength(value),
    }));
  });
}

function changingRoutes(application: FastifyInstance, options: DslRoutesOptions): void {
  application.post('/dsl/deploy', async (request, reply) => {
    const { application: named } = request.query as { application?: unknown };
    const name = named ?? options.application;
    if (typeof name !== 'string' || !namePattern.test(name)) {
      const message = 'application must be a name of letters, digits, "_" and "-"';
      throw new AppError('BAD_REQUEST', message, { field: 'application' });
    }
    const text = textOf(request);
    if (text.trim() === '') throw new AppError('BAD_REQUEST', 'The body must be the text of a DSL file.');
    return deploy(options, name, text, reply);
  });

  application.post('/dsl/:application/rollback', async (request: NamedRequest, reply) => {
    const { application: name } = request.params;
    const wanted = readRollback(textOf(request));
    await options.drained();
    const found = await options.store.readDocumentVersion(documentKind, name, wanted);
    if (found === undefined || found.value === null) {
      const message = `The DSL of ${name} has no file of version ${wanted}.`;
      throw new AppError('NOT_FOUND', message, { field: 'version' });
    }
    const answer = await deploy(options, name, found.value, reply);
    return reply.statusCode >= 400 ? answer : { ...answer, rolledBackTo: wanted };
  });

  application.delete('/dsl/:application', async (request: NamedRequest) => {
    const { application: name } = request.params;
    deployedFor(options, name);
    const { version } = await put(options, name, null);
    return { application: name, version };
  });
}

async function deploy(
  options: DslRoutesOptions,
  name: string,
  text: string,
  reply: FastifyReply,
): Promise<object> {
  const checked = checkDsl(text);
  if (!checked.ok) {
    void reply.status(400);
    return refusalOf(checked.errors, checked.warnings);
  }
  const { version } = await put(options, name, text);
  return { application: name, version, events: checked.events, warnings: checked.warnings };
}

function refusalOf(errors: readonly Problem[], warnings: readonly Problem[]): object {
  const [first] = errors;
  const where = first === undefined ? '' : ` Line ${first.line}, column ${first.column}: ${first.message}.`;
  const mistakes = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`;
  const message = `The DSL file has ${mistakes}; nothing was deployed.${where}`;
  return { error: 'BAD_REQUEST', message, errors, warnings };
}

function put({ routing }: DslRoutesOptions, name: string, value: string | null): Promise<DocumentPut> {
  return routing.ask<DocumentPut>(documentAddress(documentKind, name), { kind: 'putDocument', value });
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
