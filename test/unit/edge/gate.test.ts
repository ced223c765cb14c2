/** Who a request comes from behind proxies, and how much one address may ask. */
import { describe, expect, it } from 'vitest';
import { createGate, type GateOptions } from '../../../src/transport/edge/http/gate.js';

function gate(options: Partial<GateOptions> = {}): ReturnType<typeof createGate> {
  return createGate({
    trustedProxies: [],
    addressRequestsPerSecond: 0,
    addressWebSocketsMax: 0,
    addressConnectionsMax: 0,
    isTls: false,
    ...options,
  });
}

describe('the client behind proxies', () => {
  const list = ['6.6.6.6', '1.2.3.4', '10.0.0.2'];

  it.each([
    [[], '10.0.0.1', '10.0.0.1'],
    [['10.0.0.1'], '10.0.0.1', '10.0.0.2'],
    [['10.0.0.0/24'], '10.0.0.1', '1.2.3.4'],
    [['10.0.0.0/24', '1.2.3.4'], '10.0.0.1', '6.6.6.6'],
    [['10.0.0.0/24', '1.0.0.0/8', '6.6.6.6'], '10.0.0.1', '6.6.6.6'],
    [['10.0.0.2'], '10.0.0.1', '10.0.0.1'],
    [['loopback'], '127.0.0.1', '10.0.0.2'],
    [['loopback'], '::1', '10.0.0.2'],
    [['fd00::/8'], 'fd00::7', '10.0.0.2'],
    [['10.0.0.1'], 'no address', 'no address'],
  ])('with %j trusted and the peer %s is %s', (trustedProxies, peer, client) => {
    expect(gate({ trustedProxies }).clientOf(peer, list)).toBe(client);
  });

  it('is the peer when a proxy says nothing', () => {
    expect(gate({ trustedProxies: ['10.0.0.1'] }).clientOf('10.0.0.1', [])).toBe('10.0.0.1');
  });

  it('needs proxies that are addresses', () => {
    for (const proxy of ['proxy.example', '10.0.0.0/33', '999.0.0.1', '10.0.0.0/x', 'fd00::/129', '']) {
      expect(() => gate({ trustedProxies: [proxy] })).toThrow('trusted proxy');
    }
  });
});

describe('the rate of an address', () => {
  it('is ten seconds at once, each address and each /64 by itself', () => {
    const { admits } = gate({ addressRequestsPerSecond: 1 });
    const admitted = (address: string): number =>
      Array.from({ length: 20 }, () => admits(address)).filter(Boolean).length;
    expect(admitted('9.9.9.9')).toBe(10);
    expect(admitted('9.9.9.8')).toBe(10);
    expect(admitted('2001:db8::1') + admitted('2001:db8:0:0:ffff::2')).toBe(10);
    expect(admitted('2001:db8:0:1::1')).toBe(10);
  });

  it('does not bind callers on the machine, nor anybody where there is no limit', () => {
    for (const [limited, address] of [
      [gate({ addressRequestsPerSecond: 1 }), '127.0.0.1'],
      [gate({ addressRequestsPerSecond: 1 }), '::1'],
      [gate(), '9.9.9.9'],
    ] as const) {
      expect(Array.from({ length: 50 }, () => limited.admits(address)).every(Boolean)).toBe(true);
    }
  });
});

it('counts the WebSockets of an address until they close', () => {
  const { hasRoom, countWebSocket } = gate({ addressWebSocketsMax: 2 });
  const close = countWebSocket('9.9.9.9');
  expect(hasRoom('9.9.9.9')).toBe(true);
  countWebSocket('9.9.9.9');
  expect(hasRoom('9.9.9.9')).toBe(false);
  expect(hasRoom('9.9.9.8')).toBe(true);
  close();
  expect(hasRoom('9.9.9.9')).toBe(true);
});

describe('what an address may hold', () => {
  it('is requests and WebSockets together, until they are over', () => {
    const { hold, hasRoom, countWebSocket, refused } = gate({ addressConnectionsMax: 2 });
    const release = hold('9.9.9.9');
    const close = countWebSocket('9.9.9.9');
    expect([hold('9.9.9.9'), hasRoom('9.9.9.9'), refused()]).toEqual([undefined, false, 2]);
    expect(hold('9.9.9.8')).toBeDefined();
    close();
    expect(hasRoom('9.9.9.9')).toBe(true);
    release?.();
    expect(hold('9.9.9.9')).toBeDefined();
  });

  it('is connections by themselves, of peers that are no proxies', () => {
    const { hold, holdConnection } = gate({ addressConnectionsMax: 1, trustedProxies: ['10.0.0.1'] });
    hold('9.9.9.9');
    const release = holdConnection('9.9.9.9');
    expect(holdConnection('9.9.9.9')).toBeUndefined();
    release?.();
    expect(holdConnection('9.9.9.9')).toBeDefined();
    for (const free of ['10.0.0.1', '127.0.0.1']) {
      expect([holdConnection(free), holdConnection(free)]).not.toContain(undefined);
    }
  });
});
