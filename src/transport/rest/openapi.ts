/** The OpenAPI document of a REST application, made from the schemas that its routes check requests with. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

export interface OpenApiOptions {
  /** Where the document is served. */
  path: string;
  title: string;
  description: string;
  version: string;
}

/** Routes registered after this are in the document, unless their schema says `hide`. */
export async function serveOpenApi(application: FastifyInstance, options: OpenApiOptions): Promise<void> {
  const { path, title, description, version } = options;
  await application.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version },
      components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    },
  });
  application.get(path, { schema: { hide: true } }, () => application.swagger());
}
