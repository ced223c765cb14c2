/** From the text of a request to messages and back, without trusting any of it. */
import type { JsonValue } from '../../base/index.js';
import type { OutboxMark } from '../../model/index.js';

export type Decoded = { kind: 'messages'; messages: readonly JsonValue[] } | { kind: 'malformed' };

/**
 * Reads a frame, a body or a `message` parameter: an array of messages or a single one. An empty array and
 * elements that are not objects pass, because they get an answer in the protocol's own form.
 */
export function decodeMessages(text: string): Decoded {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { kind: 'malformed' };
  }
  if (Array.isArray(value)) return { kind: 'messages', messages: value };
  return typeof value === 'object' && value !== null
    ? { kind: 'messages', messages: [value] }
    : { kind: 'malformed' };
}

export function isHandshake(message: JsonValue): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    !Array.isArray(message) &&
    message.channel === '/meta/handshake'
  );
}

const plainLengthMax = 64;

/** `text` as JSON. Names and ids are short and plain, and quoting those by hand takes a fifth of the time. */
export function quoted(text: string): string {
  if (text.length > plainLengthMax) return JSON.stringify(text);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}

/** A message as it is delivered: never with the publisher's `clientId` or `id`. */
export function encodeDelivery(channel: string, data: JsonValue, mark?: OutboxMark): string {
  const text = `{"channel":${quoted(channel)},"data":${JSON.stringify(data)}`;
  if (mark === undefined) return `${text}}`;
  return `${text},"ext":{"replay":{"epoch":${quoted(mark.epoch)},"offset":${mark.offset}}}}`;
}

/** Bytes of `text` as UTF-8. A lone surrogate counts as the replacement character's 3 bytes. */
export function utf8Size(text: string): number {
  let size = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) size += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      size += 2;
      index++;
    } else size += 2;
  }
  return size;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

const callbackPattern = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/;
const callbackLengthMax = 128;

/** Whether `name` may be called as a script: a path of identifiers and nothing else. */
export function isCallbackName(name: string): boolean {
  return name.length <= callbackLengthMax && callbackPattern.test(name);
}

/**
 * A JSON text as a script that calls `name`. Two line separators are lawful in JSON but not in older
 * scripts.
 */
export function wrapCallback(name: string, json: string): string {
  return `${name}(${json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')})`;
}
