/**
 * The rule deployment port. A package is taken whole or refused whole, with line and column of every mistake;
 * each deployment, roll-back and removal is a new version, and no version is ever lost.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { documentAddress, type DocumentPut } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import type { DocumentVersion } from '../../../model/index.js';
import {
  compilePackage,
  familyTemplates,
  phrases,
  type RuleError,
  type RulePackage,
  type RuleWarning,
} from '../../../rules/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { takeAnyText, textOf } from '../any-text.js';
import { readLimit, readRollback } from './parameters.js';
import { refuseForeignPages } from '../foreign-pages.js';

export interface DeployedPackage {
  package: RulePackage;
  version: number;
}

export interface RulesRoutesOptions {
  routing: Routing;
  deployed(): readonly DeployedPackage[];
  /** Where the versions are kept. */
  store: Pick<OperationalStore, 'readDocumentHistory' | 'readDocumentVersion'>;
  /** Resolves when what is on its way to the store has been written. */
  drained(): Promise<void>;
}

type PackageRequest = FastifyRequest<{ Params: { name: string } }>;

export function rulesRoutes(options: RulesRoutesOptions): FastifyPluginCallback {
  return (application, _options, done) => {
    takeAnyText(application);
    application.addHook('onRequest', refuseForeignPages);
    readingRoutes(application, options);
    changingRoutes(application, options);
    done();
  };
}

function readingRoutes(application: FastifyInstance, options: RulesRoutesOptions): void {
  const { deployed, store, drained } = options;

  application.get('/rules', (_request, reply) => reply.send(deployed().map(listed)));

  application.get('/rules/templates', (_request, reply) =>
    reply.send({ families: familyTemplates, phrases }),
  );

  application.post('/rules/check', (request, reply) => {
    const result = compilePackage(textOf(request));
    if (!result.ok) return reply.send({ ok: false, errors: result.errors });
    return reply.send({ ok: true, ...shown(result.package), warnings: result.warnings });
  });

  application.get('/rules/:name', (request: PackageRequest, reply) => {
    const entry = deployedAs(options, request.params.name);
    const { text } = entry.package;
    return reply.send({ ...listed(entry), text, warnings: warningsOf(entry.package) });
  });

  application.get('/rules/:name/versions', async (request: PackageRequest) => {
    const { name } = request.params;
    const limit = readLimit(request.query);
    await drained();
    const history = await store.readDocumentHistory('rules', name, limit);
    if (history.length === 0) throw new AppError('NOT_FOUND', `No package ${name} was ever deployed.`);
    const current = deployed().find((entry) => entry.package.name === name)?.version;
    return history.map((version) => versionRow(version, current));
  });

  application.get('/rules/:name/versions/:version', async (request) => {
    const { name, version } = request.params as { name: string; version: string };
    const found = await versionText(options, name, Number(version));
    return { package: name, version: found.version, at: found.at, text: found.value };
  });
}

function changingRoutes(application: FastifyInstance, options: RulesRoutesOptions): void {
  application.post('/rules/deploy', async (request, reply) => {
    const text = textOf(request);
    if (text.trim() === '')
      throw new AppError('BAD_REQUEST', 'The body must be the DRL text of one package.');
    return deploy(options, text, reply, 'nothing was deployed');
  });

  application.post('/rules/:name/rollback', async (request: PackageRequest, reply) => {
    const { name } = request.params;
    const wanted = readRollback(textOf(request));
    const { value } = await versionText(options, name, wanted);
    const current = options.deployed().find((entry) => entry.package.name === name);
    if (current?.version === wanted)
      throw new AppError('CONFLICT', `Version ${wanted} of ${name} is the one deployed.`);
    // A version of an older release may hold what this one no longer takes.
    const answer = await deploy(options, value, reply, `version ${wanted} was not brought back`);
    return reply.statusCode >= 400 ? answer : { ...answer, rolledBackTo: wanted };
  });

  application.delete('/rules/:name', async (request: PackageRequest) => {
    const { name } = request.params;
    deployedAs(options, name);
    const { version } = await put(options, name, null);
    return { package: name, version };
  });
}

async function deploy(
  options: RulesRoutesOptions,
  text: string,
  reply: FastifyReply,
  consequence: string,
): Promise<object> {
  const result = compilePackage(text);
  if (!result.ok) {
    void reply.status(400);
    return refusalOf(result.errors, consequence);
  }
  const { name, rules } = result.package;
  const { version } = await put(options, name, text);
  return { package: name, version, rules: rules.map((rule) => rule.name), warnings: result.warnings };
}

function put({ routing }: RulesRoutesOptions, name: string, value: string | null): Promise<DocumentPut> {
  return routing.ask<DocumentPut>(documentAddress('rules', name), { kind: 'putDocument', value });
}

function deployedAs({ deployed }: RulesRoutesOptions, name: string): DeployedPackage {
  const entry = deployed().find((candidate) => candidate.package.name === name);
  if (entry === undefined) throw new AppError('NOT_FOUND', `No package ${name} is deployed.`);
  return entry;
}

/** A kept version with its text. */
async function versionText(
  { store, drained }: RulesRoutesOptions,
  name: string,
  version: number,
): Promise<DocumentVersion & { value: string }> {
  await drained();
  const found = Number.isSafeInteger(version)
    ? await store.readDocumentVersion('rules', name, version)
    : undefined;
  if (found === undefined)
    throw new AppError('NOT_FOUND', `Package ${name} has no version ${version}.`, { field: 'version' });
  const { value } = found;
  if (value === null) {
    const message = `Version ${version} of ${name} is its removal; it has no text.`;
    throw new AppError('CONFLICT', message, { field: 'version' });
  }
  return { ...found, value };
}

function versionRow({ version, at, value }: DocumentVersion, current: number | undefined): object {
  return {
    version,
    at,
    kind: value === null ? 'undeployed' : 'deployed',
    current: version === current,
    bytes: value === null ? 0 : Buffer.byteLength(value),
  };
}

function refusalOf(errors: readonly RuleError[], consequence: string): object {
  const [first] = errors;
  const where = first === undefined ? '' : ` Line ${first.line}, column ${first.column}: ${first.message}`;
  const mistakes = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`;
  return {
    error: 'BAD_REQUEST',
    message: `The package has ${mistakes}; ${consequence}.${where}`,
    errors,
  };
}

function listed({ package: rulePackage, version }: DeployedPackage): object {
  const { package: name, rules } = shown(rulePackage);
  return { package: name, version, rules };
}

function shown({ name, rules }: RulePackage): { package: string; rules: object[] } {
  return {
    package: name,
    rules: rules.map(({ name: rule, family, salience, line, byteBound, bounded }) => ({
      name: rule,
      family,
      salience,
      line,
      byteBound,
      bounded,
    })),
  };
}

function warningsOf({ text }: RulePackage): readonly RuleWarning[] {
  const result = compilePackage(text);
  return result.ok ? result.warnings : [];
}
