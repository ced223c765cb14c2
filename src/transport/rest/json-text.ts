/** JSON bodies of the REST applications: UTF-8 or nothing, and no key that reaches for a prototype. */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../base/index.js';

/** A key that comes twice counts as the last one says; one that reaches for a prototype is refused. */
export function takeWholeJson(application: FastifyInstance): void {
  const parse = application.getDefaultJsonParser('error', 'error');
  application.removeContentTypeParser('application/json');
  application.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isUtf8(body as Buffer)) void parse(request, body.toString(), done);
    else done(new AppError('BAD_REQUEST', 'The body must be UTF-8.'));
  });
}
