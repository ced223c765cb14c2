/** A node over TLS, by the start-up parameters of its environment: both ports, and a renewed key store. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { writeShippedLabConfig } from '../../support/lab-config.js';
import { type Lab, runLab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'beckon-https-'));
const file = (name: string): string => join(folder, name);
let config: string;
let lab: Lab;

function keystore(name: string): void {
  const store = ['-keystore', file(name), '-storetype', 'JKS', '-storepass', 'store-pass'];
  const key = ['-alias', 'node', '-keyalg', 'RSA', '-keysize', '2048', '-keypass', 'key-pass'];
  const about = ['-validity', '30', '-dname', `CN=${name}`, '-ext', 'SAN=dns:localhost'];
  execFileSync('keytool', ['-genkeypair', ...key, ...about, ...store], { stdio: 'pipe' });
}

beforeAll(async () => {
  keystore('first.jks');
  keystore('second.jks');
  copyFileSync(file('first.jks'), file('live.jks'));
  config = await writeShippedLabConfig({ beckon: { strictTransportSecurity: 86_400 } }, { https: 9443 });
  lab = await startLab({
    config,
    env: {
      CERTIFICATE: file('live.jks'),
      PROVIDER: 'JKS',
      KEYSTORE_PASSWORD: 'store-pass',
      KEYENTRY_PASSWORD: 'key-pass',
    },
  });
}, 60_000);

afterAll(async () => {
  await lab.remove();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  cookies: string[];
  strict: string | undefined;
  name: string;
}

/** Asks the `https` port, and tells the name in its certificate. */
function get(path: string): Promise<Answer> {
  let name = '';
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: lab.portBase + 4,
      path,
      rejectUnauthorized: false,
      agent: false,
    };
    request(options, (response) => {
      const cookies = response.headers['set-cookie'] ?? [];
      const strict = response.headers['strict-transport-security'];
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, cookies, strict, name }));
    })
      .on('socket', (socket: TLSSocket) => {
        socket.once('secureConnect', () => void (name = String(socket.getPeerCertificate().subject.CN)));
      })
      .on('error', reject)
      .end();
  });
}

it('serves pages, the tracker and push over TLS, beside the plain port', async () => {
  for (const path of ['/playground/', '/server/resources/js/build/GTC.min.js', '/server/isAlive']) {
    expect([path, (await get(path)).status]).toEqual([path, 200]);
    expect([path, (await fetch(lab.server + path)).status]).toEqual([path, 200]);
  }
  const opened = await get('/server/data/categories?url=x&title=y&bind=cookie');
  expect(opened.cookies.join()).toMatch(/BECKON_BROWSER_.*HttpOnly; SameSite=Lax; Secure/);
  const socket = new WebSocket(`wss://127.0.0.1:${lab.portBase + 4}/server/cometd`, {
    rejectUnauthorized: false,
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const told = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
  socket.send(
    JSON.stringify([{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'] }]),
  );
  expect(await told).toContain('"successful":true');
  socket.terminate();
});

it('tells browsers to stay with TLS, as the option says, on answers over TLS alone', async () => {
  for (const path of ['/playground/', '/server/isAlive', '/server/data/visits/x', '/nowhere']) {
    expect([path, (await get(path)).strict]).toEqual([path, 'max-age=86400']);
    const plain = await fetch(lab.server + path);
    expect([path, plain.headers.get('strict-transport-security')]).toEqual([path, null]);
  }
});

it('takes a renewed key store without a restart', async () => {
  expect((await get('/server/isAlive')).name).toBe('first.jks');
  copyFileSync(file('second.jks'), file('live.jks'));
  await until(async () => (await get('/server/isAlive')).name === 'second.jks', 'the new key', 20_000);
});

it('does not start without a certificate, and says what is missing', async () => {
  const { code, output } = await runLab({ config });
  expect([code, output]).toEqual([1, expect.stringContaining('CERTIFICATE')]);
});
