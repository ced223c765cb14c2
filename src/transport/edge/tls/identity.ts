/**
 * The key and certificates of the `https` port, out of PEM files, a Java key store or a PKCS12 file, as the
 * guide's start-up parameters name them. They are read again when a file changes, so that a renewed
 * certificate needs no restart.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { AppError } from '../../../base/index.js';
import { isJavaKeystore, readJavaKeystore } from './java-keystore.js';

export interface TlsParameters {
  /** PEM file of the certificate and its chain, or a key store. */
  certificate: string;
  /** PEM file of the private key; not looked at for a key store. */
  certificateKey?: string | undefined;
  /** Told from the file when absent. */
  provider?: 'PEM' | 'JKS' | 'PKCS12' | undefined;
  keystorePassword?: string | undefined;
  /** Of the private key, when it has one of its own. */
  keyEntryPassword?: string | undefined;
}

/** Minimum of the protocol: older ones are broken, and browsers have left them. */
const minVersion = 'TLSv1.2';

/** Reads and checks everything. Throws `AppError` NOT_READY that names the file and never a password. */
export function loadTlsIdentity(parameters: TlsParameters): SecureContextOptions {
  const { certificate } = parameters;
  try {
    const options: SecureContextOptions = { ...materialOf(parameters), minVersion };
    createSecureContext(options);
    return options;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('NOT_READY', `The certificate ${certificate} cannot be used: ${reason}`, { cause });
  }
}

function materialOf(parameters: TlsParameters): SecureContextOptions {
  const { certificate, certificateKey, keystorePassword, keyEntryPassword } = parameters;
  const bytes = readFileSync(certificate);
  switch (parameters.provider ?? kindOf(bytes)) {
    case 'PEM': {
      if (certificateKey === undefined) throw new Error('the private key (PRIVATE_KEY) is not named');
      const passphrase = keyEntryPassword === undefined ? {} : { passphrase: keyEntryPassword };
      return { cert: bytes, key: readFileSync(certificateKey), ...passphrase };
    }
    case 'JKS':
      // Where keytool makes a store today it is PKCS12, whatever the file is called.
      if (isJavaKeystore(bytes)) return fromJavaKeystore(bytes, keystorePassword ?? '', keyEntryPassword);
      return { pfx: bytes, passphrase: keystorePassword ?? '' };
    case 'PKCS12':
      return { pfx: bytes, passphrase: keystorePassword ?? '' };
  }
}

function kindOf(bytes: Buffer): 'PEM' | 'JKS' | 'PKCS12' {
  if (isJavaKeystore(bytes)) return 'JKS';
  return bytes.includes('-----BEGIN ') ? 'PEM' : 'PKCS12';
}

function fromJavaKeystore(bytes: Buffer, password: string, keyPassword = password): SecureContextOptions {
  const [entry] = readJavaKeystore(bytes, password, keyPassword).keys;
  if (entry === undefined) throw new Error('the key store has no private key');
  const key = createPrivateKey({ key: entry.key, format: 'der', type: 'pkcs8' });
  return {
    key: key.export({ format: 'pem', type: 'pkcs8' }),
    cert: entry.certificates.map((der) => new X509Certificate(der).toString()).join(''),
  };
}

/**
 * A text that differs after a file was replaced. A file that is away for a moment is a difference as well.
 */
export function tlsFilesState({ certificate, certificateKey }: TlsParameters): string {
  return [certificate, certificateKey]
    .map((file) => {
      const found = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
      return found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeMs}`;
    })
    .join(' ');
}
