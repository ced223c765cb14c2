/**
 * Bodies that are texts of people's own, such as rules and DSL files, under whatever type their tools say.
 */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../base/index.js';

/** Takes every body as text: text/plain from people, and anything at all from authoring tools. */
export function takeAnyText(application: FastifyInstance): void {
  application.removeAllContentTypeParsers();
  application.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => {
    if (isUtf8(body as Buffer)) parsed(null, body.toString());
    else parsed(new AppError('BAD_REQUEST', 'The text must be UTF-8.'));
  });
}

export function textOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}
