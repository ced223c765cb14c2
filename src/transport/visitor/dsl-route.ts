/**
 * `GET /server/resources/dsl/{file}.xml`: the DSL file that a page loads. A deployed one wins over the file
 * that the application was shipped with.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError } from '../../base/index.js';
import type { HotRoute, Respond } from '../edge/index.js';
import { respondError } from './answers.js';

export interface DslRouteOptions {
  /** The application whose file is `domain-model.xml`; another's is `{application}.xml`. */
  application: string;
  /** Folder of the shipped files. */
  folder: string;
  deployed(application: string): { text: string } | undefined;
}

/** A file as it is sent. */
interface Served {
  text: string;
  tag: string;
  gzip: Buffer;
}

const filePattern = /^([A-Za-z0-9][\w-]{0,63})\.xml$/;
const mainFile = 'domain-model';
const servedMax = 50;

export function dslRoute({ application, folder, deployed }: DslRouteOptions): HotRoute {
  const served = new Map<string, Served>();

  /** Packed anew only when the text has changed. */
  function pack(name: string, text: string): Served {
    const known = served.get(name);
    if (known?.text === text) return known;
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    const packed = { text, tag, gzip: gzipSync(text) };
    if (served.size >= servedMax) served.clear();
    served.set(name, packed);
    return packed;
  }

  async function textOf(name: string): Promise<string> {
    const file = deployed(name === mainFile ? application : name);
    if (file !== undefined) return file.text;
    try {
      return await readFile(join(folder, `${name}.xml`), 'utf8');
    } catch (error) {
      throw new AppError('NOT_FOUND', `There is no DSL file ${name}.xml.`, { cause: error });
    }
  }

  return {
    method: 'GET',
    path: '/server/resources/dsl/:file',
    bodyBytesMax: 0,
    headers: ['if-none-match', 'accept-encoding'],
    handle(request, respond) {
      const name = filePattern.exec(request.param('file') ?? '')?.[1];
      const encoding = request.header('accept-encoding') ?? '';
      const known = request.header('if-none-match') ?? '';
      if (name === undefined) respondError(respond, new AppError('NOT_FOUND', 'There is no such DSL file.'));
      else {
        textOf(name).then(
          (text) =>
            send(respond, pack(name, text), known, /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(encoding)),
          (error: unknown) => respondError(respond, error),
        );
      }
    },
  };
}

/** A browser asks each time whether its copy is still the one, so that pages get a new file at once. */
function send(respond: Respond, { text, tag, gzip }: Served, known: string, takesGzip: boolean): void {
  const headers = {
    'content-type': 'text/xml; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
    etag: tag,
  };
  if (known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag)) respond(304, '', headers);
  else if (takesGzip) respond(200, gzip, { ...headers, 'content-encoding': 'gzip' });
  else respond(200, text, headers);
}
