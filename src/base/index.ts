export { closestName } from './closest-name.js';
export { AppError, errorTable, type ErrorCode } from './errors.js';
export { InvariantError, assert, unreachable } from './assert.js';
export type { Clock } from './clock.js';
export { hash32, hashId } from './hash.js';
export { jsonDepth, type JsonObject, type JsonValue } from './json.js';
export type { Machine, Step } from './machine.js';
export type { Random } from './random.js';
export { TokenBuckets, type TokenBucketsOptions } from './token-buckets.js';
