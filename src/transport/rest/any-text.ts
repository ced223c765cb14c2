/**
 * Bodies that are texts of people's own, such as rules and DSL files, under whatever type their tools say.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Takes every body as text: text/plain from people, and anything at all from authoring tools. */
export function takeAnyText(application: FastifyInstance): void {
  application.removeAllContentTypeParsers();
  application.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
    parsed(null, body),
  );
}

export function textOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}
