/** Certificates for nodes, made by openssl as docs/operating/cluster.md says. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerTls } from '../../src/transport/peers/index.js';

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority in `folder`, by which certificates are signed. */
export function makeAuthority(folder: string, name: string): (node: string, file?: string) => PeerTls {
  const authorityFile = join(folder, `${name}.pem`);
  const authorityKey = join(folder, `${name}.key`);
  const subject = ['-subj', `/CN=${name}`, '-days', '2'];
  openssl('req', '-x509', ...newKey, '-keyout', authorityKey, '-out', authorityFile, ...subject);
  /** A certificate for `node`. */
  return (node, file = node) => {
    const base = join(folder, `${name}-${file}`);
    const [certificateFile, keyFile] = [`${base}.pem`, `${base}.key`];
    openssl('req', ...newKey, '-keyout', keyFile, '-out', `${base}.csr`, '-subj', `/CN=${node}`);
    writeFileSync(`${base}.ext`, `subjectAltName=DNS:${node}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    const signedBy = ['-CA', authorityFile, '-CAkey', authorityKey, '-CAcreateserial', '-days', '2'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${base}.csr`,
      ...signedBy,
      '-extfile',
      `${base}.ext`,
      '-out',
      certificateFile,
    );
    return { authorityFile, certificateFile, keyFile };
  };
}
