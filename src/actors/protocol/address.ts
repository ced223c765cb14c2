/** Where an actor lives: its kind, its id, and the cell whose routing key decides the node that owns it. */
import { visitIdOf } from '../../model/index.js';

export type ActorKind = 'visit' | 'engagement' | 'chat' | 'agent' | 'group' | 'document';

export interface Address {
  readonly kind: ActorKind;
  /** The routing key: `visit/<visitID>`, `agent/<user>`, `group/<name>` or `document/<kind>/<name>`. */
  readonly cell: string;
  readonly id: string;
}

export function visitAddress(visitID: string): Address {
  return { kind: 'visit', cell: `visit/${visitID}`, id: visitID };
}

/** The visit whose cell this is; undefined for another kind of cell. */
export function visitIdOfCell(cell: string): string | undefined {
  return cell.startsWith('visit/') ? cell.slice('visit/'.length) : undefined;
}

export function engagementAddress(visitID: string, interactionId: string): Address {
  return { kind: 'engagement', cell: `visit/${visitID}`, id: interactionId };
}

export function chatAddress(visitID: string, chatId: string): Address {
  return { kind: 'chat', cell: `visit/${visitID}`, id: chatId };
}

/** The address of a chat known only by its id; undefined when the id has not the form of one. */
export function chatAddressOf(chatId: string): Address | undefined {
  const visitID = visitIdOf(chatId);
  return visitID === undefined ? undefined : chatAddress(visitID, chatId);
}

export function agentAddress(user: string): Address {
  return { kind: 'agent', cell: `agent/${user}`, id: user };
}

export function groupAddress(name: string): Address {
  return { kind: 'group', cell: `group/${name}`, id: name };
}

export function documentAddress(documentKind: string, name: string): Address {
  return { kind: 'document', cell: `document/${documentKind}/${name}`, id: `${documentKind}/${name}` };
}

/** Where an engagement's chat is pushed and read: the visitor's own channel. */
export function notificationChannel(visitID: string): string {
  return `/notification/${visitID}`;
}

export function workspaceChannel(user: string): string {
  return `/workspace/${user}`;
}

export function monitorChannel(visitID: string): string {
  return `/monitor/${visitID}`;
}
