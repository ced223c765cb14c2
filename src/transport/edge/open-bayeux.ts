/**
 * The edge alone, with every channel open and a `/service/echo` that answers on the same channel: for
 * trying clients and for measuring.
 *
 *     npm run bayeux:open -- --port 9081 --timeout 30000 --maxInterval 15000
 */
import { parseArgs } from 'node:util';
import { AppError } from '../../base/index.js';
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

const timeMsMax = 86_400_000;

/** Reads `--name value` arguments; times are ms. Throws BAD_REQUEST, naming the one that is wrong. */
export function parseOpenBayeuxOptions(args: readonly string[]): OpenBayeuxOptions {
  const values = valuesOf(args);
  const { wire, path } = values;
  if (wire !== 'auto' && wire !== 'native' && wire !== 'node') {
    throw wrong(`--wire must be auto, native or node, not "${wire}"`);
  }
  if (!/^(?:\/[\w.~-]+)+$/.test(path)) throw wrong(`--path must be like /cometd, not "${path}"`);
  return {
    host: values.host,
    port: whole('port', values.port, 0, 65_535),
    timeoutMs: whole('timeout', values.timeout, 0, timeMsMax),
    maxIntervalMs: whole('maxInterval', values.maxInterval, 0, timeMsMax),
    intervalMs: whole('interval', values.interval, 0, timeMsMax),
    maxSessionsPerBrowser: whole('maxSessionsPerBrowser', values.maxSessionsPerBrowser, -1, 1_000_000),
    path,
    wire,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
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
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw wrong(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
}

function wrong(message: string): AppError {
  return new AppError('BAD_REQUEST', message);
}
