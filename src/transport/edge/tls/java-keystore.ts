/**
 * Reads a Java key store of the type JKS, as `keytool -storetype JKS` writes it: the private keys with
 * their certificate chains, and trusted certificates. Node.js reads PKCS12 by itself, and nobody keeps a
 * library for this one any more.
 *
 *     magic FEEDFEED, version 1 or 2, count, entries…, SHA-1 over password, a fixed text and all before
 *     private key   1, alias, date, key (PKCS 8, encrypted by Sun's own method), certificates…
 *     certificate   2, alias, date, certificate
 */
import { createHash } from 'node:crypto';

export interface KeyEntry {
  alias: string;
  /** PKCS 8 as DER. */
  key: Buffer;
  /** X.509 as DER, the key's own first. */
  certificates: Buffer[];
}

export interface JavaKeystore {
  keys: KeyEntry[];
  trusted: { alias: string; certificate: Buffer }[];
}

const magic = 0xfeedfeed;
const digestBytes = 20;
const saltBytes = 20;
const entriesMax = 10_000;
const fixedText = 'Mighty Aphrodite';

export function isJavaKeystore(bytes: Buffer): boolean {
  return bytes.length > 4 && bytes.readUInt32BE(0) === magic;
}

/**
 * `keyPassword` opens the private keys. Throws, in words for an operator, for a wrong password and for what
 * is no such file.
 */
export function readJavaKeystore(bytes: Buffer, storePassword: string, keyPassword: string): JavaKeystore {
  const body = bytes.subarray(0, -digestBytes);
  const expected = sha1(utf16(storePassword), Buffer.from(fixedText), body);
  if (!expected.equals(bytes.subarray(-digestBytes))) throw new Error('the key store password is wrong');
  const reader = new Reader(body);
  if (reader.uint() !== magic) throw new Error('the file is no Java key store');
  const version = reader.uint();
  if (version !== 1 && version !== 2) throw new Error(`a Java key store of version ${version} is not known`);
  const certificate = (): Buffer => {
    if (version === 2) reader.text();
    return reader.block();
  };
  const store: JavaKeystore = { keys: [], trusted: [] };
  for (let left = Math.min(reader.uint(), entriesMax); left > 0; left--) {
    const tag = reader.uint();
    const alias = reader.text();
    reader.skip(8);
    if (tag === 2) store.trusted.push({ alias, certificate: certificate() });
    else if (tag === 1) {
      const key = openKey(reader.block(), keyPassword);
      const count = Math.min(reader.uint(), entriesMax);
      store.keys.push({ alias, key, certificates: Array.from({ length: count }, certificate) });
    } else throw new Error(`the key store has an entry of the unknown kind ${tag}`);
  }
  return store;
}

/** Sun's key protector: the plain text XOR a chain of SHA-1 digests, and a digest to check it by. */
function openKey(encrypted: Buffer, password: string): Buffer {
  const bytes = encryptedOctets(encrypted);
  const secret = utf16(password);
  const cipher = bytes.subarray(saltBytes, -digestBytes);
  const plain = Buffer.alloc(cipher.length);
  let digest = bytes.subarray(0, saltBytes);
  for (let offset = 0; offset < cipher.length; offset += digestBytes) {
    digest = sha1(secret, digest);
    for (let index = offset; index < Math.min(offset + digestBytes, cipher.length); index++) {
      plain[index] = (cipher[index] ?? 0) ^ (digest[index - offset] ?? 0);
    }
  }
  if (!sha1(secret, plain).equals(bytes.subarray(-digestBytes))) {
    throw new Error('the password of the private key is wrong');
  }
  return plain;
}

/** The octets of `SEQUENCE { SEQUENCE { method… }, OCTET STRING }` in DER. */
function encryptedOctets(der: Buffer): Buffer {
  const outer = derValue(der, 0x30);
  const method = derValue(outer.value, 0x30);
  return derValue(method.rest, 0x04).value;
}

function derValue(der: Buffer, tag: number): { value: Buffer; rest: Buffer } {
  const first = der[1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (der[0] !== tag || lengthBytes > 4 || der.length < 2 + lengthBytes) {
    throw new Error('the private key in the key store is not understood');
  }
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  return { value: der.subarray(start, start + length), rest: der.subarray(start + length) };
}

function sha1(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** A password as Java hashes it. */
function utf16(password: string): Buffer {
  return Buffer.from(password, 'utf16le').swap16();
}

/** Big-endian numbers, and blocks and texts with their length before them; throws past the end. */
class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new Error('the key store ends too early');
    const bytes = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return bytes;
  }

  uint(): number {
    return this.skip(4).readUInt32BE();
  }

  block(): Buffer {
    return this.skip(this.uint());
  }

  text(): string {
    return this.skip(this.skip(2).readUInt16BE()).toString('utf8');
  }
}
