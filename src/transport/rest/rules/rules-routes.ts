/**
 * The rule deployment port. A package is taken whole or refused whole, with line and column of every mistake;
 * each deployment, roll-back and removal is a new version, and no version is ever lost.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../base/index.js';
import {
  compilePackage,
  familyTemplates,
  phrases,
  type RulePackage,
  type RuleWarning,
} from '../../../rules/index.js';
import { takeAnyText, textOf } from '../any-text.js';
import { refuseForeignPages } from '../foreign-pages.js';
import {
  refusalOf,
  versionRoutes,
  versionsOf,
  type TextVersions,
  type VersionsOptions,
} from '../versions/index.js';

export interface DeployedPackage {
  package: RulePackage;
  version: number;
}

export interface RulesRoutesOptions extends VersionsOptions {
  deployed(): readonly DeployedPackage[];
}

type PackageRequest = FastifyRequest<{ Params: { name: string } }>;

export function rulesRoutes(options: RulesRoutesOptions): FastifyPluginCallback {
  const versions = versionsOf({ kind: 'rules', neverDeployed }, options);
  return (application, _options, done) => {
    takeAnyText(application);
    application.addHook('onRequest', refuseForeignPages);
    readingRoutes(application, options);
    application.post('/rules/deploy', async (request, reply) => {
      const text = textOf(request);
      if (text.trim() === '')
        throw new AppError('BAD_REQUEST', 'The body must be the DRL text of one package.');
      return deploy(versions, text, reply, 'nothing was deployed');
    });
    versionRoutes(application, {
      path: '/rules',
      nameField: 'package',
      versions,
      current: (name) => currentVersion(options, name),
      needDeployed: (name) => deployedAs(options, name),
      deploy: (_name, text, reply, consequence) => deploy(versions, text, reply, consequence),
    });
    done();
  };
}

function readingRoutes(application: FastifyInstance, options: RulesRoutesOptions): void {
  const { deployed } = options;

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
}

async function deploy(
  versions: TextVersions,
  text: string,
  reply: FastifyReply,
  consequence: string,
): Promise<object> {
  const result = compilePackage(text);
  if (!result.ok) {
    void reply.status(400);
    return refusalOf('The package', consequence, result.errors);
  }
  const { name, rules } = result.package;
  const version = await versions.put(name, text);
  return { package: name, version, rules: rules.map((rule) => rule.name), warnings: result.warnings };
}

function currentVersion({ deployed }: RulesRoutesOptions, name: string): number | undefined {
  return deployed().find((entry) => entry.package.name === name)?.version;
}

function deployedAs({ deployed }: RulesRoutesOptions, name: string): DeployedPackage {
  const entry = deployed().find((candidate) => candidate.package.name === name);
  if (entry === undefined) throw new AppError('NOT_FOUND', `No package ${name} is deployed.`);
  return entry;
}

function neverDeployed(name: string): AppError {
  return new AppError('NOT_FOUND', `No package ${name} was ever deployed.`);
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
