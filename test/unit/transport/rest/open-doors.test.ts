/** Who may read what is kept where no credentials are configured, and what bodies are taken at all. */
import { expect, it } from 'vitest';
import { createRestApplication, ownMachineOnly } from '../../../../src/transport/rest/index.js';

it.each([
  ['127.0.0.1', {}, '/x', 200],
  ['::1', {}, '/x', 200],
  ['9.9.9.9', {}, '/x', 401],
  ['127.0.0.1', { 'x-forwarded-for': '9.9.9.9' }, '/x', 401],
  ['9.9.9.9', {}, '/nothing', 404],
  // A page of another site, in a browser on the machine.
  ['127.0.0.1', { origin: 'http://evil.example' }, '/x', 403],
  ['127.0.0.1', { 'sec-fetch-site': 'cross-site' }, '/x', 403],
  ['127.0.0.1', { host: 'localhost:9081', origin: 'http://localhost:9081' }, '/x', 200],
  // A site whose own name leads to this machine.
  ['127.0.0.1', { host: 'evil.example:9081' }, '/x', 403],
  ['127.0.0.1', { host: '127.0.0.1:9081' }, '/x', 200],
  ['::1', { host: '[::1]:9081' }, '/x', 200],
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

it.each([
  ['application/json', Buffer.from([0x22, 0xff, 0x22]), 400],
  ['application/json', '{"a":1,"a":2}', 200],
  ['application/json', '{"__proto__":{"polluted":1}}', 400],
  ['application/json', '{"constructor":{"prototype":{"polluted":1}}}', 400],
  ['application/json', '['.repeat(100_000), 400],
])('a body of %s that is %j gets %i', async (type, payload, status) => {
  const application = await createRestApplication({
    plugins: [
      {
        prefix: '/',
        plugin: (routes, _options, done) => {
          routes.post('/x', (request, reply) => reply.send(request.body));
          done();
        },
      },
    ],
    bodyBytesMax: 200_000,
    requestTimeoutMs: 1_000,
    onError: () => undefined,
  });
  const answer = await application.inject({
    method: 'POST',
    url: '/x',
    payload,
    headers: { 'content-type': type },
  });
  expect(answer.statusCode).toBe(status);
  if (status === 200) expect(answer.json()).toEqual({ a: 2 });
  await application.close();
});
