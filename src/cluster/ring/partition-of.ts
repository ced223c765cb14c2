/** Which partition a cell lives in. */
import { hash32 } from '../../base/index.js';

/**
 * The partition, from 0, of the cell with this routing key: `visit/<visitID>`, `agent/<user>`,
 * `group/<name>` or `document/<kind>/<name>`. A visit's interactions and chats are part of its cell. All
 * documents share one partition, so that their versions rise in one order.
 */
export function partitionOf(routingKey: string, partitionCount: number): number {
  return hash32(routingKey.startsWith('document/') ? 'document/' : routingKey) % partitionCount;
}
