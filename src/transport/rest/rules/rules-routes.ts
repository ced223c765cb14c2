/** The rule deployment port: a package is taken whole or refused whole, with line and column of every mistake. */
import type { FastifyPluginCallback } from 'fastify';
import { documentAddress, type DocumentPut } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import { compilePackage, type RuleError, type RulePackage } from '../../../rules/index.js';

export interface RulesRoutesOptions {
  routing: Routing;
  deployed(): readonly { package: RulePackage; version: number }[];
}

interface Refusal {
  error: 'BAD_REQUEST';
  message: string;
  errors: readonly RuleError[];
}

export function rulesRoutes({ routing, deployed }: RulesRoutesOptions): FastifyPluginCallback {
  return (application, _options, done) => {
    // Rule texts come as text/plain from people and as anything at all from authoring tools.
    application.removeAllContentTypeParsers();
    application.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    );

    application.post('/rules/deploy', async (request, reply): Promise<object> => {
      const text = typeof request.body === 'string' ? request.body : '';
      if (text.trim() === '')
        throw new AppError('BAD_REQUEST', 'The body must be the DRL text of one package.');
      const result = compilePackage(text);
      if (!result.ok) return reply.status(400).send(refusalOf(result.errors));
      const { name, rules } = result.package;
      const input = { kind: 'putDocument', value: text } as const;
      const { version } = await routing.ask<DocumentPut>(documentAddress('rules', name), input);
      return { package: name, version, rules: rules.map((rule) => rule.name), warnings: result.warnings };
    });

    application.get('/rules', async () => deployed().map(listed));

    application.delete('/rules/:name', async (request: { params: unknown }) => {
      const { name } = request.params as { name: string };
      if (!deployed().some((entry) => entry.package.name === name)) {
        throw new AppError('NOT_FOUND', `No package ${name} is deployed.`);
      }
      const input = { kind: 'putDocument', value: null } as const;
      const { version } = await routing.ask<DocumentPut>(documentAddress('rules', name), input);
      return { package: name, version };
    });
    done();
  };
}

function refusalOf(errors: readonly RuleError[]): Refusal {
  const [first] = errors;
  const where = first === undefined ? '' : ` Line ${first.line}, column ${first.column}: ${first.message}`;
  const mistakes = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`;
  return {
    error: 'BAD_REQUEST',
    message: `The package has ${mistakes}; nothing was deployed.${where}`,
    errors,
  };
}

function listed({ package: { name, rules }, version }: { package: RulePackage; version: number }): object {
  return {
    package: name,
    version,
    rules: rules.map(({ name: rule, family, salience, byteBound, bounded }) => ({
      name: rule,
      family,
      salience,
      byteBound,
      bounded,
    })),
  };
}
