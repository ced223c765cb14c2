/** Static files: which mount, which file, which form of it, and what the browser may keep. */
import { realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EdgeOptions, StaticMount, StaticOptions } from '../options.js';
import type { Exchange, HeaderList } from '../wire/wire.js';
import type { Cors } from '../http/cors.js';
import { errorBody, jsonHeaders, listHeaders, pageHeaders } from '../http/respond.js';
import { FileCache, type CachedFile, type Encoding } from './file-cache.js';
import { safeSegments } from './path.js';

/** Defaults of options `web/staticResources…` (spec/options.md). */
export const defaultStaticOptions: StaticOptions = {
  cacheControl: 'public, max-age=3600',
  cacheControlPattern: /.*\.(js|css|png|gif|jpg|svg|woff2?|html)$/,
  memoryBytesMax: 67_108_864,
};

export interface StaticContext {
  readonly options: StaticOptions;
  readonly cors: Cors;
  readonly onError: NonNullable<EdgeOptions['onError']>;
}

/** False where no mount is responsible; a path under a mount is always answered here. */
export type ServeStatic = (exchange: Exchange, path: string) => boolean;

interface Asked {
  readonly isHead: boolean;
  readonly ifNoneMatch: string;
  readonly acceptEncoding: string;
  readonly cors: HeaderList;
}

/** Mounts win over the REST application; a mount at `/` leaves it nothing. */
export function createStaticServer(mounts: readonly StaticMount[], context: StaticContext): ServeStatic {
  const cache = new FileCache(context.options.memoryBytesMax);
  const roots = mounts.map((mount) => ({ mount, root: rootOf(mount.folder) }));
  // The longest prefix wins, whatever the order in the table.
  roots.sort((a, b) => b.mount.prefix.length - a.mount.prefix.length);
  return (exchange, path) => {
    const found = roots.find(({ mount }) => serves(mount, path));
    if (found === undefined) return false;
    const cors = context.cors.headersFor(exchange.header('origin'), path);
    const method = exchange.method();
    if (method !== 'GET' && method !== 'HEAD') {
      exchange.respond(405, [...jsonHeaders, 'allow', 'GET, HEAD', ...cors], errorBody(405));
      return true;
    }
    if (!path.startsWith(found.mount.prefix)) {
      exchange.respond(301, ['location', found.mount.prefix, ...cors], '');
      return true;
    }
    const asked: Asked = {
      isHead: method === 'HEAD',
      ifNoneMatch: exchange.header('if-none-match'),
      acceptEncoding: exchange.header('accept-encoding'),
      cors,
    };
    const server = new MountServer(found.mount, found.root, cache, context);
    server.serve(exchange, path, asked).catch((error: unknown) => {
      context.onError(error, `static ${found.mount.prefix}`);
      exchange.respond(500, [...jsonHeaders, ...cors], errorBody(500));
    });
    return true;
  };
}

function serves({ prefix, except }: StaticMount, path: string): boolean {
  if (except?.some((other) => path.startsWith(other)) === true) return false;
  return path.startsWith(prefix) || `${path}/` === prefix;
}

/** A folder that is not there yet is looked for under its own name. */
function rootOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

class MountServer {
  readonly #mount: StaticMount;
  readonly #root: string;
  readonly #cache: FileCache;
  readonly #context: StaticContext;

  constructor(mount: StaticMount, root: string, cache: FileCache, context: StaticContext) {
    this.#mount = mount;
    this.#root = root;
    this.#cache = cache;
    this.#context = context;
  }

  async serve(exchange: Exchange, path: string, asked: Asked): Promise<void> {
    const below = path.slice(this.#mount.prefix.length);
    const segments = safeSegments(below);
    const file = segments === undefined ? undefined : await this.#find(segments, below);
    if (file === undefined) {
      exchange.respond(404, [...jsonHeaders, ...asked.cors], errorBody(404));
    } else if (file === 'folder') {
      exchange.respond(301, ['location', `${path}/`, ...asked.cors], '');
    } else await this.#send(exchange, path, file, asked);
  }

  async #find(segments: readonly string[], below: string): Promise<CachedFile | 'folder' | undefined> {
    const nowMs = performance.now();
    const target = join(this.#root, ...segments);
    const isFolder = below === '' || below.endsWith('/');
    if (isFolder) {
      const index = await this.#cache.find(this.#root, join(target, 'index.html'), nowMs);
      return index ?? (await this.#fallback(segments, nowMs));
    }
    const file = await this.#cache.find(this.#root, target, nowMs);
    if (file !== undefined) return file;
    const index = await this.#cache.find(this.#root, join(target, 'index.html'), nowMs);
    return index === undefined ? this.#fallback(segments, nowMs) : 'folder';
  }

  /** Pages that a script in the browser draws have paths of their own, which name no file. */
  async #fallback(segments: readonly string[], nowMs: number): Promise<CachedFile | undefined> {
    const { pageFallback } = this.#mount;
    if (pageFallback === undefined || segments.at(-1)?.includes('.') === true) return undefined;
    return this.#cache.find(this.#root, join(this.#root, pageFallback), nowMs);
  }

  async #send(exchange: Exchange, path: string, file: CachedFile, asked: Asked): Promise<void> {
    const encoding = file.isCompressible ? chooseEncoding(asked.acceptEncoding) : 'identity';
    const tag = encoding === 'identity' ? `"${file.tag}"` : `"${file.tag}-${encoding}"`;
    const headers = this.#headers(path, file, encoding, tag, asked.cors);
    if (matchesTag(asked.ifNoneMatch, tag)) {
      exchange.respond(304, headers, null);
      return;
    }
    const { bytes } = file;
    if (bytes === null) {
      if (asked.isHead) exchange.respondHead(200, headers, file.size);
      else await streamFile(exchange, headers, file);
      return;
    }
    const body = encoding === 'identity' ? bytes : await this.#cache.encoded(file, encoding);
    if (asked.isHead) exchange.respondHead(200, headers, body.length);
    else exchange.respond(200, headers, body);
  }

  #cacheControl(path: string): string {
    const { cacheControl, cacheControlPattern } = this.#context.options;
    const { prefix, hashedFolder } = this.#mount;
    if (!cacheControlPattern.test(path)) return 'no-cache';
    const isHashed = hashedFolder !== undefined && path.startsWith(prefix + hashedFolder);
    return isHashed ? immutableCacheControl(cacheControl) : cacheControl;
  }

  #headers(path: string, file: CachedFile, encoding: Encoding, tag: string, cors: HeaderList): HeaderList {
    const headers = listHeaders(this.#mount.headers ?? {}, pageHeaders);
    headers.push('content-type', file.type, 'etag', tag);
    headers.push('cache-control', this.#cacheControl(path));
    if (encoding !== 'identity') headers.push('content-encoding', encoding);
    if (file.isCompressible) headers.push('vary', 'Accept-Encoding');
    headers.push(...cors);
    return headers;
  }
}

/**
 * The header of a file whose bytes never change under its name (RFC 8246). An operator's word that nothing
 * may be stored, or not in shared caches, still holds.
 */
export function immutableCacheControl(cacheControl: string): string {
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return cacheControl;
  const who = /\bprivate\b/i.test(cacheControl) ? 'private' : 'public';
  return `${who}, max-age=31536000, immutable`;
}

async function streamFile(exchange: Exchange, headers: HeaderList, file: CachedFile): Promise<void> {
  const handle = await open(file.path);
  const close = (): void => void handle.close().catch(() => undefined);
  exchange.onAborted(close);
  exchange.respondStream(200, headers, file.size, async (offset, length) => {
    const piece = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(piece, 0, length, offset);
    if (offset + bytesRead >= file.size) close();
    return piece.subarray(0, bytesRead);
  });
}

/** Brotli before gzip, as the client allows; a weight of zero is a refusal. */
export function chooseEncoding(accept: string): Encoding {
  const allowed = new Set<string>();
  for (const part of accept.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) allowed.add(name);
  }
  if (allowed.has('br')) return 'br';
  return allowed.has('gzip') ? 'gzip' : 'identity';
}

/** RFC 9110, 13.1.2: a list of tags, weak ones equal to strong ones, or a star. */
export function matchesTag(ifNoneMatch: string, tag: string): boolean {
  if (ifNoneMatch === '') return false;
  return ifNoneMatch.split(',').some((part) => {
    const text = part.trim();
    return text === '*' || text === tag || text === `W/${tag}`;
  });
}
