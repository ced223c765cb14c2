/** The authorities that other servers must be certified by, out of a PEM file or a Java key store. */
import { X509Certificate } from 'node:crypto';
import { isJavaKeystore, readJavaKeystore } from './java-keystore.js';

/** The certificates as PEM, one after the other. Throws in words for an operator, and never the password. */
export function trustedCertificates(bytes: Buffer, password: string): string {
  if (!isJavaKeystore(bytes)) {
    if (bytes.includes('-----BEGIN ')) return bytes.toString('utf8');
    throw new Error(
      'the file is neither PEM nor a key store of the type JKS; keytool -importkeystore makes one',
    );
  }
  const { trusted } = readJavaKeystore(bytes, password, password);
  if (trusted.length === 0) throw new Error('the key store has no trusted certificate');
  return trusted.map(({ certificate }) => new X509Certificate(certificate).toString()).join('');
}
