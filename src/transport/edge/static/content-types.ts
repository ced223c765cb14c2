/** Content types of the files a site or the product itself serves. */

interface ContentType {
  readonly type: string;
  readonly compressible: boolean;
}

const text = (type: string): ContentType => ({ type: `${type}; charset=utf-8`, compressible: true });
const binary = (type: string): ContentType => ({ type, compressible: false });

const types: Readonly<Record<string, ContentType>> = {
  css: text('text/css'),
  csv: text('text/csv'),
  html: text('text/html'),
  htm: text('text/html'),
  js: text('text/javascript'),
  mjs: text('text/javascript'),
  json: text('application/json'),
  map: text('application/json'),
  md: text('text/markdown'),
  svg: text('image/svg+xml'),
  txt: text('text/plain'),
  webmanifest: text('application/manifest+json'),
  xml: text('application/xml'),
  wasm: { type: 'application/wasm', compressible: true },
  ico: { type: 'image/x-icon', compressible: true },
  ttf: { type: 'font/ttf', compressible: true },
  avif: binary('image/avif'),
  gif: binary('image/gif'),
  jpeg: binary('image/jpeg'),
  jpg: binary('image/jpeg'),
  mp3: binary('audio/mpeg'),
  mp4: binary('video/mp4'),
  ogg: binary('audio/ogg'),
  pdf: binary('application/pdf'),
  png: binary('image/png'),
  wav: binary('audio/wav'),
  webm: binary('video/webm'),
  webp: binary('image/webp'),
  woff: binary('font/woff'),
  woff2: binary('font/woff2'),
  zip: binary('application/zip'),
};

/** By extension; an unknown one is a download, which no browser runs. */
export function contentTypeOf(path: string): ContentType {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(types, extension)
    ? (types[extension] ?? binary('application/octet-stream'))
    : binary('application/octet-stream');
}
