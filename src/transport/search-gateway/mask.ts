/**
 * Masks values inside documents of a JSON answer while it streams by. The text is followed byte by byte and
 * never held: what is not masked passes as it came. A document is what stands under `_source`, and under
 * `fields` and `highlight` beside an `_index`.
 */
import { Transform, type TransformCallback } from 'node:stream';
import type { PathStep } from './json-path.js';

/** Whether the value at `path` of a document is masked; `path` has a step at least. */
export type MaskTest = (path: readonly PathStep[]) => boolean;

/** The guide's: five asterisks whatever the value was. */
const maskText = Buffer.from('"*****"');
const depthMax = 2_000;
/** A longer key inside a document is masked unread; outside, it is none that we look for. */
const keyBytesMax = 64 * 1024;

const code = {
  quote: 0x22,
  backslash: 0x5c,
  comma: 0x2c,
  colon: 0x3a,
  openObject: 0x7b,
  closeObject: 0x7d,
  openArray: 0x5b,
  closeArray: 0x5d,
} as const;

interface Frame {
  isArray: boolean;
  /** The present key of an object; undefined when it was too long. */
  key: string | undefined;
  /** The present place in an array. */
  index: number;
  /** What comes next: a key, a value, or nothing but what ends the present value. */
  expects: 'key' | 'value' | 'end';
  /** The object is the answer's word for a document. */
  isHit: boolean;
}

export interface MaskOptions {
  test: MaskTest;
  /** The whole answer is one document, as that of `/index/_source/id` is. */
  isDocument?: boolean;
}

export class DocumentMask extends Transform {
  readonly #test: MaskTest;
  readonly #frames: Frame[] = [];
  /** Frames above the document that we are in; undefined outside. */
  #documentDepth: number | undefined;
  /** Keys of the document have their dots inside. */
  #isDotted = false;
  #inString = false;
  #escaped = false;
  /** Pieces of the key that is being read. */
  #keyPieces: Buffer[] | undefined;
  #keyBytes = 0;
  /** While a value is left out: how deep we are in it; 0 for a scalar. */
  #skipDepth: number | undefined;
  #skipsString = false;

  constructor({ test, isDocument = false }: MaskOptions) {
    super();
    this.#test = test;
    if (isDocument) this.#documentDepth = 0;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#follow(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #follow(chunk: Buffer): void {
    /** Where what passes unchanged begins. */
    let from = 0;
    let keyFrom = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#skipDepth !== undefined) {
        if (!this.#skip(byte)) {
          from = at + 1;
          continue;
        }
        from = at;
      }
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === code.backslash) this.#escaped = true;
        else if (byte === code.quote) {
          this.#inString = false;
          if (this.#keyPieces !== undefined) this.#endKey(chunk.subarray(keyFrom, at));
        }
        continue;
      }
      if (byte === code.quote && this.#top?.expects === 'key') {
        this.#keyPieces = [];
        this.#keyBytes = 0;
        this.#inString = true;
        keyFrom = at + 1;
      } else if (this.#beginsValue(byte) && this.#isMasked()) {
        if (from < at) this.push(chunk.subarray(from, at));
        this.push(maskText);
        this.#beginSkip(byte);
        from = at + 1;
      } else this.#structure(byte);
    }
    if (this.#keyPieces !== undefined) this.#keepKey(chunk.subarray(keyFrom));
    if (from < chunk.length && this.#skipDepth === undefined) this.push(chunk.subarray(from));
  }

  get #top(): Frame | undefined {
    return this.#frames.at(-1);
  }

  #beginsValue(byte: number): boolean {
    const top = this.#top;
    if (top?.expects !== 'value' || byte <= 0x20 || byte === code.colon || byte === code.closeArray) {
      return false;
    }
    top.expects = 'end';
    return true;
  }

  #structure(byte: number): void {
    switch (byte) {
      case code.quote:
        this.#inString = true;
        return;
      case code.openObject:
      case code.openArray:
        this.#open(byte === code.openArray);
        return;
      case code.closeObject:
      case code.closeArray:
        this.#frames.pop();
        if (this.#documentDepth !== undefined && this.#frames.length < this.#documentDepth) {
          this.#documentDepth = undefined;
        }
        return;
      case code.comma: {
        const top = this.#top;
        if (top === undefined) return;
        if (top.isArray) top.index++;
        top.expects = top.isArray ? 'value' : 'key';
      }
    }
  }

  #open(isArray: boolean): void {
    const top = this.#top;
    if (this.#documentDepth === undefined && !isArray && top !== undefined && !top.isArray) {
      const { key, isHit } = top;
      const isDotted = isHit && (key === 'fields' || key === 'highlight');
      if (key === '_source' || isDotted) {
        this.#documentDepth = this.#frames.length + 1;
        this.#isDotted = isDotted;
      }
    }
    if (this.#frames.length >= depthMax) throw new RangeError('the answer nests too deep to be masked');
    this.#frames.push({ isArray, key: '', index: 0, expects: isArray ? 'value' : 'key', isHit: false });
  }

  #keepKey(piece: Buffer): void {
    this.#keyBytes += piece.length;
    if (this.#keyBytes <= keyBytesMax) this.#keyPieces?.push(piece);
  }

  #endKey(piece: Buffer): void {
    this.#keepKey(piece);
    const text = Buffer.concat(this.#keyPieces ?? []).toString();
    this.#keyPieces = undefined;
    const top = this.#top;
    if (top === undefined) return;
    top.expects = 'value';
    top.key = this.#keyBytes > keyBytesMax ? undefined : decoded(text);
    if (top.key === '_index') top.isHit = true;
  }

  /** Whether the value that begins now is masked. */
  #isMasked(): boolean {
    const depth = this.#documentDepth;
    if (depth === undefined) return false;
    const frames = this.#frames.slice(Math.max(0, depth - 1));
    if (frames.length === 0) return false;
    const path: PathStep[] = [];
    for (const [level, { isArray, index, key }] of frames.entries()) {
      if (!isArray && key === undefined) return true;
      if (isArray) path.push(index);
      else if (this.#isDotted && level === 0) path.push(...(key as string).split('.'));
      else path.push(key as string);
    }
    if (!this.#isDotted) return this.#test(path);
    // A dotted key names what is inside of a value that may be masked as a whole.
    return path.some((_, last) => this.#test(path.slice(0, last + 1)));
  }

  #beginSkip(byte: number): void {
    this.#skipDepth = byte === code.openObject || byte === code.openArray ? 1 : 0;
    this.#skipsString = byte === code.quote;
    this.#escaped = false;
  }

  /** Takes a byte of what is left out; true when the value ended before it. */
  #skip(byte: number): boolean {
    if (this.#skipsString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === code.backslash) this.#escaped = true;
      else if (byte === code.quote) {
        this.#skipsString = false;
        if (this.#skipDepth === 0) this.#skipDepth = undefined;
      }
      return false;
    }
    const depth = this.#skipDepth ?? 0;
    if (byte === code.quote) this.#skipsString = true;
    else if (byte === code.openObject || byte === code.openArray) this.#skipDepth = depth + 1;
    else if (byte === code.closeObject || byte === code.closeArray) {
      this.#skipDepth = depth <= 1 ? undefined : depth - 1;
      // Of a scalar, it closes what the scalar stands in.
      return depth === 0;
    } else if (depth === 0 && (byte === code.comma || byte <= 0x20)) {
      this.#skipDepth = undefined;
      return true;
    }
    return false;
  }
}

function decoded(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
