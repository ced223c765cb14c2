/** What an operator reads when one node does not get through to another. */
import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { failureText } from '../../../../src/transport/peers/failure-text.js';

const unavailable = (last: string) =>
  Object.assign(new Error(`14 UNAVAILABLE: ${last}`), {
    code: status.UNAVAILABLE,
    details: `No connection established. Last error: ${last}. Resolution note: `,
  });

it.each([
  ['Error: connect ECONNREFUSED 127.0.0.1:9084', 'nothing listens there'],
  ['read ECONNRESET (2026-12-01T04:49:39.372Z)', 'the connection was lost'],
  ['Error: certificate has expired', 'its certificate has expired'],
  ['Error: unable to verify the first certificate', 'its certificate is of another authority'],
  [
    "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: a.",
    "its certificate is another node's",
  ],
  ['Error: getaddrinfo ENOTFOUND beckon1', 'its host name is not known'],
  ['Failed to connect (2026-12-01T04:49:39.332Z)', 'Failed to connect'],
  ['Error: something new', 'something new'],
])('%s', (last, text) => {
  expect(failureText(unavailable(last))).toBe(text);
});

it('needs no words of gRPC for what its codes say', () => {
  const late = Object.assign(new Error('4 DEADLINE_EXCEEDED: after 5 s'), { code: status.DEADLINE_EXCEEDED });
  expect(failureText(late)).toBe('no answer in time');
  const cancelled = Object.assign(new Error('1 CANCELLED'), { code: status.CANCELLED });
  expect(failureText(cancelled)).toBe('the connection was closed');
  const refused = Object.assign(new Error('7 X'), {
    code: status.PERMISSION_DENIED,
    details: 'its certificate is not for c',
  });
  expect(failureText(refused)).toBe('its certificate is not for c');
  expect(failureText(new Error('the peer ended the stream'))).toBe('the peer ended the stream');
});
