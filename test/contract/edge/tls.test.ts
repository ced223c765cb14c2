/**
 * The `https` port with keys as openssl and keytool make them: the same routes, pages and push as on the
 * plain port, and another certificate without a restart.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer, type PeerCertificate } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfiguration } from '../../../src/config/index.js';
import { cassandraOptionsOf } from '../../../src/node/cassandra-options.js';
import {
  createEdge,
  loadTlsIdentity,
  tlsParametersOf,
  type Edge,
  type TlsParameters,
} from '../../../src/transport/edge/index.js';
import { isJavaKeystore, readJavaKeystore } from '../../../src/transport/edge/tls/java-keystore.js';
import { trustedCertificates } from '../../../src/transport/edge/tls/trust-store.js';
import { until } from '../bayeux/server.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-tls-'));
const file = (name: string): string => join(folder, name);

function tool(name: string, ...args: string[]): void {
  execFileSync(name, args, { stdio: 'pipe', cwd: folder });
}

function selfSigned(name: string): void {
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`];
  tool('openssl', 'req', '-x509', ...key, '-out', `${name}.pem`, '-days', '30', ...subject);
}

/** A store with one key, whose common name is the store's. */
function keystore(name: string, type: string, storePassword: string, keyPassword: string): void {
  const store = ['-keystore', name, '-storetype', type, '-storepass', storePassword, '-keypass', keyPassword];
  const key = ['-alias', 'node', '-keyalg', 'RSA', '-keysize', '2048', '-validity', '30'];
  tool('keytool', '-genkeypair', ...key, '-dname', `CN=${name}`, '-ext', 'SAN=dns:localhost', ...store);
}

beforeAll(() => {
  selfSigned('first');
  selfSigned('second');
  tool('openssl', 'rsa', '-in', 'first.key', '-aes256', '-passout', 'pass:sécret', '-out', 'locked.key');
  keystore('node.jks', 'JKS', 'store-pass', 'key-pass');
  keystore('same.jks', 'JKS', 'store-pass', 'store-pass');
  keystore('node.p12', 'PKCS12', 'store-pass', 'store-pass');
  const store = ['-keystore', 'trust.jks', '-storetype', 'JKS', '-storepass', 'trust-pass'];
  tool('keytool', '-import', '-trustcacerts', '-noprompt', '-alias', 'root', '-file', 'first.pem', ...store);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const edges: Edge[] = [];
afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
});

async function serve(identity: TlsParameters, errors: unknown[] = []): Promise<Edge> {
  writeFileSync(file('page.html'), '<p>a page</p>');
  const edge = createEdge({
    host: '127.0.0.1',
    port: 0,
    secure: { port: 0, identity },
    limits: { closeTimeoutMs: 200 },
    mounts: [{ prefix: '/site/', folder }],
    routes: [
      { method: 'GET', path: '/hello', bodyBytesMax: 0, handle: (_request, respond) => respond(200, '"hi"') },
    ],
    bayeux: {
      path: '/server/cometd',
      settings: {},
      policy: { maySubscribe: () => true, mayPublish: () => true },
      contextOf: () => ({ identity: '' }),
    },
    onError: (error) => errors.push(error),
  });
  edges.push(edge);
  await edge.listen();
  return edge;
}

function get(port: number, path: string, body?: string): Promise<{ body: string; cookie: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const options = { host: '127.0.0.1', port, path, method, rejectUnauthorized: false, agent: false };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const cookie = response.headers['set-cookie']?.[0] ?? '';
      response.on('end', () => resolve({ body: text, cookie }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The common name of the certificate that the port shows now. */
function nameAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const certificate: PeerCertificate = socket.getPeerCertificate();
      socket.destroy();
      resolve(String(certificate.subject.CN));
    });
    socket.on('error', reject);
  });
}

describe('the https port', () => {
  it('serves routes, files and push beside the plain port, to one and the same sessions', async () => {
    const edge = await serve({ certificate: file('first.pem'), certificateKey: file('first.key') });
    expect((await get(edge.securePort, '/hello')).body).toBe('"hi"');
    expect((await get(edge.securePort, '/site/page.html')).body).toBe('<p>a page</p>');
    expect(await (await fetch(`http://127.0.0.1:${edge.port}/hello`)).json()).toBe('hi');

    const handshake = [
      { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling', 'websocket'] },
    ];
    const { cookie } = await get(edge.securePort, '/server/cometd/handshake', JSON.stringify(handshake));
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=None$/);
    const socket = new WebSocket(`wss://127.0.0.1:${edge.securePort}/server/cometd`, {
      rejectUnauthorized: false,
    });
    const got: { channel: string; clientId?: string; data?: unknown }[] = [];
    socket.on('message', (bytes: Buffer) => got.push(...(JSON.parse(bytes.toString()) as typeof got)));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify(handshake));
    await until(() => got.length === 1);
    const { clientId } = got[0]!;
    socket.send(JSON.stringify([{ channel: '/meta/subscribe', clientId, subscription: '/a' }]));
    await until(() => edge.hasSubscribers('/a'));
    edge.publish('/a', 'by both ports');
    await until(() => got.some(({ data }) => data === 'by both ports'));
    expect(edge.stats()).toMatchObject({ webSockets: 1, sessions: 2 });
    socket.terminate();
  });

  it.each([
    ['first', { certificate: 'first.pem', certificateKey: 'first.key' }],
    ['first', { certificate: 'first.pem', certificateKey: 'locked.key', keyEntryPassword: 'sécret' }],
    ['node.jks', { certificate: 'node.jks', keystorePassword: 'store-pass', keyEntryPassword: 'key-pass' }],
    ['same.jks', { certificate: 'same.jks', keystorePassword: 'store-pass', provider: 'JKS' as const }],
    ['node.p12', { certificate: 'node.p12', keystorePassword: 'store-pass' }],
    ['node.p12', { certificate: 'node.p12', keystorePassword: 'store-pass', provider: 'JKS' as const }],
  ])('shows the certificate %s of %j', async (name, { certificate, ...more }) => {
    const key = 'certificateKey' in more ? { certificateKey: file(more.certificateKey) } : {};
    const edge = await serve({ ...more, certificate: file(certificate), ...key });
    expect(await nameAt(edge.securePort)).toBe(name);
  });

  it('takes another certificate while it runs, and keeps the old one when that is broken', async () => {
    copyFileSync(file('first.pem'), file('live.pem'));
    copyFileSync(file('first.key'), file('live.key'));
    const errors: unknown[] = [];
    const edge = await serve({ certificate: file('live.pem'), certificateKey: file('live.key') }, errors);
    expect(await nameAt(edge.securePort)).toBe('first');
    writeFileSync(file('live.pem'), 'no certificate');
    await until(() => errors.length > 0, 10_000);
    expect(await nameAt(edge.securePort)).toBe('first');
    copyFileSync(file('second.pem'), file('live.pem'));
    copyFileSync(file('second.key'), file('live.key'));
    let name = 'first';
    const ask = setInterval(() => void nameAt(edge.securePort).then((now) => (name = now)), 100);
    await until(() => name === 'second', 10_000).finally(() => clearInterval(ask));
  });

  it.each([
    ['no key', { certificate: 'first.pem' }, /private key \(PRIVATE_KEY\) is not named/],
    ['another key', { certificate: 'first.pem', certificateKey: 'second.key' }, /key values mismatch/],
    ['a wrong password', { certificate: 'node.jks', keystorePassword: 'x' }, /store password is wrong/],
    [
      'a wrong key password',
      { certificate: 'node.jks', keystorePassword: 'store-pass', keyEntryPassword: 'x' },
      /password of the private key is wrong/,
    ],
    ['no key inside', { certificate: 'trust.jks', keystorePassword: 'trust-pass' }, /no private key/],
    ['no file', { certificate: 'none.pem' }, /no such file/],
  ])('says why it cannot use a certificate: %s', (_why, { certificate, ...more }, reason) => {
    const key = 'certificateKey' in more ? { certificateKey: file(more.certificateKey) } : {};
    expect(() => loadTlsIdentity({ ...more, certificate: file(certificate), ...key })).toThrow(reason);
  });
});

describe('a Java key store', () => {
  it('gives trusted certificates', () => {
    const bytes = readFileSync(file('trust.jks'));
    expect(isJavaKeystore(bytes)).toBe(true);
    const { trusted } = readJavaKeystore(bytes, 'trust-pass', '');
    expect(trusted.map(({ alias }) => alias)).toEqual(['root']);
    const pem = readFileSync(file('first.pem'), 'latin1').replace(/-----[^-]+-----|\s/g, '');
    expect(trusted[0]?.certificate.toString('base64')).toBe(pem);
  });

  it('is a trust store as PEM is', () => {
    const pem = readFileSync(file('first.pem'));
    expect(trustedCertificates(readFileSync(file('trust.jks')), 'trust-pass')).toBe(pem.toString());
    expect(trustedCertificates(pem, '')).toBe(pem.toString());
    const read = (name: string, password: string) => (): string =>
      trustedCertificates(readFileSync(file(name)), password);
    expect(read('trust.jks', 'no-pass')).toThrow('the key store password is wrong');
    expect(read('same.jks', 'store-pass')).toThrow('no trusted certificate');
    expect(read('node.p12', 'store-pass')).toThrow('neither PEM nor');
  });

  it('is never read past its end, however it is cut or changed', () => {
    const bytes = readFileSync(file('node.jks'));
    for (let cut = 1; cut < bytes.length; cut += 97) {
      expect(() => readJavaKeystore(bytes.subarray(0, cut), 'store-pass', 'key-pass')).toThrow();
    }
  });
});

describe('mutual TLS with the database', () => {
  /** As a store takes them. */
  function settingsOf(environment: Record<string, string>) {
    const text = `
      cluster: { application: Cluster }
      nodes:
        - application: N1
          host: 127.0.0.1
          ports: { default: 1, ui: 2, server/data/rules/deploy: 3 }
          options: { security: { provider: PEM, trusted-ca: ${file('first.pem')} } }
      agentGroups: [{ name: Web Engagement Chat }]
      application: { name: playground, folder: site }
      resourceAccessPoints:
        - { application: R, host: localhost, ports: { native: 9042 }, secured: true, mutualTls: true }`;
    const result = loadConfiguration({ file: file('beckon.yaml'), text });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return cassandraOptionsOf(result.configuration, environment)?.tls;
  }

  it.each<[string, string, Record<string, string>]>([
    ['node.jks', 'node.jks', { KEYSTORE_PASSWORD: 'store-pass', KEYENTRY_PASSWORD: 'key-pass' }],
    ['node.p12', 'node.p12', { KEYSTORE_PASSWORD: 'store-pass' }],
    ['first.pem', 'first', { PRIVATE_KEY: file('locked.key'), KEYENTRY_PASSWORD: 'sécret' }],
  ])('shows the certificate of %s', async (certificate, name, more) => {
    const settings = settingsOf({ CERTIFICATE: file(certificate), ...more });
    const database = createTlsServer({
      ...loadTlsIdentity({ certificate: file('first.pem'), certificateKey: file('first.key') }),
      requestCert: true,
      rejectUnauthorized: false,
    });
    const shown = new Promise<string>((resolve) => {
      database.once('secureConnection', (socket) => resolve(String(socket.getPeerCertificate().subject.CN)));
    });
    await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve));
    const { port } = database.address() as AddressInfo;
    const socket = connectTls({ ...settings, host: '127.0.0.1', port });
    await once(socket, 'secureConnect');
    expect(await shown).toBe(name);
    socket.destroy();
    database.close();
  });
});

describe('the start-up parameters', () => {
  it('are those of the start script', () => {
    expect(tlsParametersOf({})).toBeUndefined();
    const environment = { CERTIFICATE: '/c', PRIVATE_KEY: '/k', PROVIDER: 'pem', KEYENTRY_PASSWORD: 'p' };
    expect(tlsParametersOf(environment)).toEqual({
      certificate: '/c',
      certificateKey: '/k',
      provider: 'PEM',
      keystorePassword: undefined,
      keyEntryPassword: 'p',
    });
    expect(() => tlsParametersOf({ CERTIFICATE: '/c', PROVIDER: 'MSCAPI' })).toThrow(/PEM, JKS or PKCS12/);
  });
});
