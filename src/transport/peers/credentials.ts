/** What the wire between nodes is secured with: mutual TLS, or nothing on the loopback interface. */
import { readFileSync } from 'node:fs';
import { type ChannelCredentials, credentials, ServerCredentials } from '@grpc/grpc-js';
import { AppError } from '../../base/index.js';

export interface PeerTls {
  /** PEM files: the authority that signs the nodes' certificates, and this node's own. */
  authorityFile: string;
  certificateFile: string;
  keyFile: string;
}

export interface PeerCredentials {
  channel: ChannelCredentials;
  server: ServerCredentials;
  isSecure: boolean;
}

const loopback = /^(127\.|::1$|localhost$)/;

export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/** Throws `AppError` BAD_REQUEST when nodes off this machine would talk in the clear. */
export function checkPeerHosts(tls: PeerTls | undefined, hosts: readonly string[]): void {
  const open = tls === undefined ? hosts.find((host) => !isLoopback(host)) : undefined;
  if (open === undefined) return;
  const message =
    `Nodes talk over TLS except on 127.0.0.1, and ${open} is elsewhere: ` +
    'set cluster/authorityFile, certificateFile and keyFile';
  throw new AppError('BAD_REQUEST', message, { field: 'cluster/certificateFile' });
}

/**
 * Throws `AppError` BAD_REQUEST: a file cannot be read, or nodes off this machine would talk in the clear.
 */
export function peerCredentials(tls: PeerTls | undefined, hosts: readonly string[]): PeerCredentials {
  checkPeerHosts(tls, hosts);
  if (tls === undefined) {
    const server = ServerCredentials.createInsecure();
    return { channel: credentials.createInsecure(), server, isSecure: false };
  }
  const authority = read(tls.authorityFile, 'cluster/authorityFile');
  const certificate = read(tls.certificateFile, 'cluster/certificateFile');
  const key = read(tls.keyFile, 'cluster/keyFile');
  return {
    channel: credentials.createSsl(authority, key, certificate),
    server: ServerCredentials.createSsl(authority, [{ private_key: key, cert_chain: certificate }], true),
    isSecure: true,
  };
}

function read(file: string, field: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('BAD_REQUEST', `${field} ${file} cannot be read: ${reason}`, { field, cause: error });
  }
}
