/**
 * The edge alone, with every channel open and a `/service/echo` that answers on the same channel: for
 * trying clients and for measuring.
 *
 *     npm run bayeux:open -- --port 9081 --timeout 30000 --maxInterval 15000
 */
import { parseArgs } from 'node:util';
import type { SessionContext } from '../bayeux/index.js';
import { createEdge } from './edge.js';
import type { Edge, WireChoice } from './options.js';

export interface OpenBayeuxOptions {
  host: string;
  port: number;
  timeoutMs: number;
  maxIntervalMs: number;
  intervalMs: number;
  maxSessionsPerBrowser: number;
  path: string;
  wire: WireChoice;
}

const anonymous: SessionContext = { identity: '' };
const echoChannel = '/service/echo';

/** Every client may read and write every channel: never for the public. */
export function createOpenBayeux(options: OpenBayeuxOptions): Edge {
  const edge: Edge = createEdge({
    host: options.host,
    port: options.port,
    wire: options.wire,
    bayeux: {
      path: options.path,
      settings: {
        timeoutMs: options.timeoutMs,
        maxIntervalMs: options.maxIntervalMs,
        intervalMs: options.intervalMs,
        maxSessionsPerBrowser: options.maxSessionsPerBrowser,
      },
      policy: { maySubscribe: () => true, mayPublish: () => true },
      contextOf: () => anonymous,
      onMessage: (channel, data, _context, session) => {
        if (channel === echoChannel) edge.deliver(session, channel, data);
      },
    },
  });
  return edge;
}

/** Reads `--name value` arguments; times are ms. */
export function parseOpenBayeuxOptions(args: readonly string[]): OpenBayeuxOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '9081' },
      timeout: { type: 'string', default: '30000' },
      maxInterval: { type: 'string', default: '15000' },
      interval: { type: 'string', default: '0' },
      maxSessionsPerBrowser: { type: 'string', default: '1' },
      path: { type: 'string', default: '/cometd' },
      wire: { type: 'string', default: 'auto' },
    },
  });
  const wire = values.wire;
  if (wire !== 'auto' && wire !== 'native' && wire !== 'node') throw new Error('--wire auto|native|node');
  return {
    host: values.host,
    port: whole('port', values.port),
    timeoutMs: whole('timeout', values.timeout),
    maxIntervalMs: whole('maxInterval', values.maxInterval),
    intervalMs: whole('interval', values.interval),
    maxSessionsPerBrowser: Number(values.maxSessionsPerBrowser),
    path: values.path,
    wire,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`--${name} must be a whole number, not "${text}"`);
  return value;
}
