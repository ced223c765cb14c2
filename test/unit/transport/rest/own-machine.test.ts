/** Who may read what is kept of visitors where no credentials are configured. */
import { expect, it } from 'vitest';
import { createRestApplication, ownMachineOnly } from '../../../../src/transport/rest/index.js';

it.each([
  ['127.0.0.1', {}, '/x', 200],
  ['::1', {}, '/x', 200],
  ['9.9.9.9', {}, '/x', 401],
  ['127.0.0.1', { 'x-forwarded-for': '9.9.9.9' }, '/x', 401],
  ['9.9.9.9', {}, '/nothing', 404],
])('%s with %j asking for %s gets %i', async (remoteAddress, headers, url, status) => {
  const application = await createRestApplication({
    guard: ownMachineOnly,
    plugins: [
      {
        prefix: '/',
        plugin: (routes, _options, done) => {
          routes.get('/x', (_request, reply) => reply.send({}));
          done();
        },
      },
    ],
    bodyBytesMax: 1_000,
    requestTimeoutMs: 1_000,
    onError: () => undefined,
  });
  const answer = await application.inject({ url, remoteAddress, headers });
  expect(answer.statusCode).toBe(status);
  await application.close();
});
