/**
 * `POST /notification/notify/{visitID}`: pushes a site's own messages to a visitor's browser (spec/rest.md
 * section 4).
 */
import type { FastifyPluginCallback } from 'fastify';
import Type from 'typebox';
import { visitAddress } from '../../../actors/protocol/index.js';
import { AppError } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import { isId, type NotificationMessage } from '../../../model/index.js';

const notifications = Type.Array(
  Type.Object({
    page: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    channel: Type.String({ minLength: 1, maxLength: 128 }),
    data: Type.Unknown(),
  }),
  { minItems: 1, maxItems: 100 },
);

export function notifyRoutes(routing: Pick<Routing, 'ask'>): FastifyPluginCallback {
  return (application, _options, done) => {
    application.post(
      '/notification/notify/:visitID',
      { schema: { body: notifications } },
      async (request, reply) => {
        const { visitID } = request.params as { visitID: string };
        if (!isId(visitID)) throw new AppError('BAD_REQUEST', 'visitID must be an id', { field: 'visitID' });
        const messages = (request.body as NotificationMessage[]).map(({ page, channel, data }) => ({
          page: page ?? null,
          channel,
          data: data ?? null,
        }));
        await routing.ask(visitAddress(visitID), { kind: 'notify', messages });
        return reply.status(200).send();
      },
    );
    done();
  };
}
