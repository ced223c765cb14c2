/**
 * The routes over the versions of what is deployed by name: to list and read them, to bring one back, and to
 * remove what is deployed. Rule packages and DSL files have the same ones; answers say what a name names.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { textOf } from '../any-text.js';
import { readLimit } from './parameters.js';
import type { TextVersions } from './text-versions.js';

export interface VersionedTexts {
  /** Before a name in a path. */
  readonly path: '/rules' | '/dsl';
  /** What answers call the name. */
  readonly nameField: 'package' | 'application';
  readonly versions: TextVersions;
  /** The version deployed now. */
  current(name: string): number | undefined;
  /** Throws NOT_FOUND where nothing is deployed under that name. */
  needDeployed(name: string): unknown;
  /** The answer to a deployment; with a status of 400 what a refusal says, with its `consequence`. */
  deploy(name: string, text: string, reply: FastifyReply, consequence: string): Promise<object>;
}

type NamedRequest = FastifyRequest<{ Params: { name: string } }>;
type VersionRequest = FastifyRequest<{ Params: { name: string; version: string } }>;

export function versionRoutes(application: FastifyInstance, texts: VersionedTexts): void {
  const { path, nameField, versions } = texts;

  application.get(`${path}/:name/versions`, ({ params: { name }, query }: NamedRequest) =>
    versions.list(name, readLimit(query), texts.current(name)),
  );

  application.get(`${path}/:name/versions/:version`, async ({ params }: VersionRequest) => {
    const { version, at, value } = await versions.read(params.name, Number(params.version));
    return { [nameField]: params.name, version, at, text: value };
  });

  application.post(`${path}/:name/rollback`, async (request: NamedRequest, reply) => {
    const { name } = request.params;
    const { version, value } = await versions.wanted(name, textOf(request), texts.current(name));
    // A version of an older release may hold what this one no longer takes.
    const answer = await texts.deploy(name, value, reply, `version ${version} was not brought back`);
    return reply.statusCode >= 400 ? answer : { ...answer, rolledBackTo: version };
  });

  application.delete(`${path}/:name`, async ({ params: { name } }: NamedRequest) => {
    texts.needDeployed(name);
    return { [nameField]: name, version: await versions.put(name, null) };
  });
}
