/** Why a call between nodes failed, as an operator would say it: gRPC's own words name its inner parts. */
import { type ServiceError, status } from '@grpc/grpc-js';

const knownCauses: readonly [RegExp, string][] = [
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ECONNRESET|Connection dropped|EPIPE/, 'the connection was lost'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'its host name is not known'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'its host is not reached'],
  [/certificate has expired/i, 'its certificate has expired'],
  [/self.signed certificate|unable to (get|verify)/i, 'its certificate is of another authority'],
  [/Hostname\/IP does not match|altnames/i, "its certificate is another node's"],
  [/alert (number 45|certificate expired)/i, 'it finds our certificate expired'],
  [/alert (number 48|unknown ca)/i, 'it does not know the authority of our certificate'],
  [/alert (number 116|certificate required)/i, 'it wants a certificate of ours'],
  [/wrong version number|packet length too long/i, 'one side talks TLS and the other does not'],
];

/** Without a full stop. What is not known is told in gRPC's words. */
export function failureText(error: Error & Partial<ServiceError>): string {
  if (error.code === status.DEADLINE_EXCEEDED) return 'no answer in time';
  if (error.code === status.CANCELLED) return 'the connection was closed';
  const details = error.details ?? error.message;
  const known = knownCauses.find(([pattern]) => pattern.test(details));
  if (known !== undefined) return known[1];
  return details
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\.? Resolution note: $/, '')
    .replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)$/, '');
}
