/** The cross-origin rules of options `web/cors.*` (spec/options.md). */
import type { CorsOptions } from '../options.js';
import type { HeaderList } from '../wire/wire.js';
import { pathTest } from './path-patterns.js';

export interface Cors {
  /**
   * Headers for an answer to `origin` at `path`; empty without an origin, or where the rules do not apply.
   */
  headersFor(origin: string, path: string): HeaderList;
  /** Headers that answer a pre-flight request; undefined when the origin or path is not allowed. */
  preflightFor(origin: string, path: string): HeaderList | undefined;
  /** Whether pages of `origin` may open a WebSocket here; `host` is the request's own `Host`. */
  isOriginAllowed(origin: string, host: string): boolean;
}

const none: HeaderList = [];
/** Origins whose answer is remembered: a site has few, an attacker may send any number. */
const rememberedMax = 1_000;
const preflightSeconds = '1800';

export function createCors(options: CorsOptions): Cors {
  const isAllowedOrigin = remembered(originTest(options.allowedOrigins), rememberedMax);
  const isMapped = pathTest(options.urlMapping);
  const methods = options.allowedMethods.join(', ');
  const allowedHeaders = options.allowedHeaders.join(', ');
  const headersFor = (origin: string, path: string): HeaderList => {
    if (origin === '' || !isMapped(path) || !isAllowedOrigin(origin)) return none;
    // Cookies travel, so the origin is echoed: a star would be refused by browsers.
    return [
      'access-control-allow-origin',
      origin,
      'access-control-allow-credentials',
      'true',
      'vary',
      'Origin',
    ];
  };
  return {
    headersFor,
    preflightFor(origin, path) {
      const headers = headersFor(origin, path);
      if (headers.length === 0) return undefined;
      return [
        ...headers,
        'access-control-allow-methods',
        methods,
        'access-control-allow-headers',
        allowedHeaders,
        'access-control-max-age',
        preflightSeconds,
      ];
    },
    isOriginAllowed: (origin, host) =>
      origin === '' || origin === `http://${host}` || origin === `https://${host}` || isAllowedOrigin(origin),
  };
}

const lawfulOrigin = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[^\s/,"<>\\]{1,255})$/i;

/** `*` alone allows all; `*` inside a name stands for anything but a separator of the URL. */
function originTest(patterns: readonly string[]): (origin: string) => boolean {
  const tests = patterns.map((pattern) => {
    if (pattern === '*') return () => true;
    const source = pattern.toLowerCase().split('*').map(escapeText).join('[^/:@]*');
    const expression = new RegExp(`^${source}$`);
    return (origin: string) => expression.test(origin.toLowerCase());
  });
  return (origin) => lawfulOrigin.test(origin) && tests.some((test) => test(origin));
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function remembered(test: (text: string) => boolean, max: number): (text: string) => boolean {
  const answers = new Map<string, boolean>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (answers.size >= max) answers.clear();
    const answer = test(text);
    answers.set(text, answer);
    return answer;
  };
}
