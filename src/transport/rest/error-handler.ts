/**
 * The one place where an error becomes an answer: a body that names what is wrong, never a stack or a cause.
 */
import type { FastifyError, FastifyInstance } from 'fastify';
import { AppError } from '../../base/index.js';

/** `onError` is told of defects (answers of 500) with the request's id, which the caller sees too. */
export function setErrorHandler(
  application: FastifyInstance,
  onError: (error: unknown, requestId: string, route: string) => void,
): void {
  application.setErrorHandler((error, request, reply) => {
    const known = toAppError(error as FastifyError);
    if (known.status === 500)
      onError(error, request.id, request.routeOptions.url ?? request.url.split('?')[0] ?? '');
    if (known.status === 503) reply.header('retry-after', '1');
    if (known.status === 429) reply.header('retry-after', '60');
    const body = known.status === 500 ? { ...known.toBody(), requestId: request.id } : known.toBody();
    return reply.status(known.status).send(body);
  });
  application.setNotFoundHandler((request, reply) => {
    const error = new AppError(
      'NOT_FOUND',
      `There is nothing at ${request.method} ${request.url.split('?')[0] ?? ''}.`,
    );
    return reply.status(404).send(error.toBody());
  });
}

function toAppError(error: FastifyError): AppError {
  if (error instanceof AppError) return error;
  if (error.validation !== undefined) {
    const [first] = error.validation;
    const missing = first?.params.missingProperty;
    const path = `${first?.instancePath ?? ''}/${typeof missing === 'string' ? missing : ''}`;
    const field = path.split('/').filter(Boolean).join('.');
    const what = field === '' ? (error.validationContext ?? 'The request') : field;
    const message = `${what} ${first?.message ?? 'is wrong'}`;
    return new AppError('BAD_REQUEST', message, field === '' ? {} : { field });
  }
  const status = error.statusCode ?? 500;
  if (status === 413) return new AppError('TOO_LARGE', 'The body is too large.');
  if (status >= 400 && status < 500) return new AppError('BAD_REQUEST', error.message);
  return new AppError('INTERNAL', 'The server has a defect.', { cause: error });
}
