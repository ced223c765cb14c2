/**
 * `/server/api/privacy` on the `ui` port: export and erasure of all that is kept of a person, for those
 * with the privilege to do it.
 */
import { Readable } from 'node:stream';
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { AppError } from '../../../base/index.js';
import type { ExportLine, Privacy, Subject } from '../../../privacy/index.js';
import { refuseForeignPages } from '../foreign-pages.js';

export interface PrivacyRoutesOptions {
  privacy: Privacy;
  /** Throws UNAUTHENTICATED or FORBIDDEN for whoever may not; gives who asks. */
  authorize(request: FastifyRequest): string;
  /** Who asked for what was done, without whom it was about. */
  onDone(what: 'erase' | 'export', by: string): void;
}

const subjectBody = Type.Object(
  {
    identityId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    globalVisitID: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' })),
  },
  { additionalProperties: false },
);

export function privacyRoutes({ privacy, authorize, onDone }: PrivacyRoutesOptions): FastifyPluginCallback {
  return (application, _options, done) => {
    application.addHook('onRequest', refuseForeignPages);
    const schema = { body: subjectBody };

    application.post('/erase', { schema }, async (request) => {
      const by = authorize(request);
      const receipt = await privacy.erase(subjectOf(request.body as Static<typeof subjectBody>));
      onDone('erase', by);
      return receipt;
    });

    application.post('/export', { schema }, async (request, reply) => {
      const by = authorize(request);
      const lines = await privacy.export(subjectOf(request.body as Static<typeof subjectBody>));
      onDone('export', by);
      return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(textOf(lines)));
    });

    application.get('/key', (request) => {
      authorize(request);
      return { publicKey: privacy.publicKey };
    });
    done();
  };
}

function subjectOf({ identityId, globalVisitID }: Static<typeof subjectBody>): Subject {
  if (identityId !== undefined && globalVisitID === undefined) return { kind: 'identity', identityId };
  if (globalVisitID !== undefined && identityId === undefined) return { kind: 'browser', globalVisitID };
  throw new AppError('BAD_REQUEST', 'Give one of identityId and globalVisitID.', { field: 'identityId' });
}

async function* textOf(lines: AsyncIterable<ExportLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}
