/** The start-up parameters of TLS, by the names of the guide's start script (spec/options.md, [security]). */
import { AppError } from '../../../base/index.js';
import type { TlsParameters } from './identity.js';

/** Undefined without `CERTIFICATE`. Throws `AppError` NOT_READY for a provider that there is not. */
export function tlsParametersOf(
  environment: Readonly<Record<string, string | undefined>>,
): TlsParameters | undefined {
  const value = (name: string): string | undefined =>
    environment[name] === '' ? undefined : environment[name];
  const certificate = value('CERTIFICATE');
  if (certificate === undefined) return undefined;
  const provider = value('PROVIDER')?.toUpperCase();
  if (provider !== undefined && provider !== 'PEM' && provider !== 'JKS' && provider !== 'PKCS12') {
    throw new AppError('NOT_READY', `PROVIDER must be PEM, JKS or PKCS12, not ${provider}.`);
  }
  return {
    certificate,
    certificateKey: value('PRIVATE_KEY'),
    provider,
    keystorePassword: value('KEYSTORE_PASSWORD'),
    keyEntryPassword: value('KEYENTRY_PASSWORD'),
  };
}
