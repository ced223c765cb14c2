// The people of a configuration: agents who may log in to the workspace, and the groups that chats are routed
// to.
import { list, text, whole } from './option-type.js';
import { isPasswordHash } from './password.js';
import type { Field, YamlReader } from './yaml-reader.js';

export interface AgentGroup {
  readonly name: string;
}

export interface AgentAccount {
  /** Log-in name. It is also a segment of the agent's push channel. */
  readonly user: string;
  /** What visitors see. */
  readonly name: string;
  /** As `hashPassword` makes it. */
  readonly passwordHash: string;
  readonly groups: readonly string[];
  /** Chats held at once. */
  readonly capacity: number;
  /** What the person may do beyond taking chats. */
  readonly privileges: readonly Privilege[];
}

/**
 * `categories` is the product's "Access to GWE Categories Management"; `privacy` may export and erase what is
 * kept of a person; `cluster` may look at the nodes and drain them.
 */
export const privileges = ['categories', 'privacy', 'cluster'] as const;
export type Privilege = (typeof privileges)[number];

const groupName = text({
  allowed: 'a group name of 1 to 255 characters without commas',
  pattern: /^[^,]{1,255}$/,
});
const userName = text({
  allowed: 'a user name of 1 to 64 letters, digits and _ - @',
  pattern: /^[A-Za-z0-9_@-]{1,64}$/,
});
const displayName = text({ allowed: 'a name of 1 to 100 characters', pattern: /^[^\p{Cc}]{1,100}$/u });
const passwordHash = {
  allowed: 'a password hash, of the form $scrypt$ln=15,r=8,p=1$<salt>$<hash>',
  parse: (written: string | readonly string[]) =>
    typeof written === 'string' && isPasswordHash(written.trim()) ? written.trim() : undefined,
};
const groups = list('group names', /^[^,]{1,255}$/);
const privilegeNames = list(
  `privileges, of ${privileges.join(', ')}`,
  new RegExp(`^(${privileges.join('|')})$`),
);
const capacity = whole({ min: 1, max: 50 });
const capacityDefault = 3;

/** The groups under `agentGroups`, each name once. */
export function readAgentGroups(reader: YamlReader, field: Field): AgentGroup[] {
  const seen = new Map<string, AgentGroup>();
  for (const item of reader.items(field)) {
    const nameField = reader.record(item, { required: ['name'] }).get('name');
    const name = reader.value(nameField, groupName);
    if (nameField === undefined || name === undefined) continue;
    if (seen.has(name)) reader.problem(nameField, `there is more than one group ${name}`);
    seen.set(name, { name });
  }
  return [...seen.values()];
}

/** The account that `fields` describe, or undefined when a part of it cannot be read. */
function readAgent(reader: YamlReader, fields: ReadonlyMap<string, Field>): AgentAccount | undefined {
  const user = reader.value(fields.get('user'), userName);
  const name = reader.value(fields.get('name'), displayName);
  const hash = reader.value(fields.get('passwordHash'), passwordHash, { sensitive: true });
  const groupNames = reader.value(fields.get('groups'), groups);
  const chats = fields.get('capacity');
  const chatsMax = chats === undefined ? capacityDefault : reader.value(chats, capacity);
  const rights = fields.get('privileges');
  const privilegesHeld = rights === undefined ? [] : reader.value(rights, privilegeNames);
  if (user === undefined || name === undefined || hash === undefined) return undefined;
  if (groupNames === undefined || chatsMax === undefined || privilegesHeld === undefined) return undefined;
  return {
    user,
    name,
    passwordHash: hash,
    groups: groupNames,
    capacity: chatsMax,
    privileges: privilegesHeld as readonly Privilege[],
  };
}

const agentFields = {
  required: ['user', 'name', 'passwordHash', 'groups'],
  optional: ['capacity', 'privileges'],
};

/** The accounts under `agents`, each user once, each in groups that exist. */
export function readAgents(reader: YamlReader, field: Field, known: readonly AgentGroup[]): AgentAccount[] {
  const names = known.map(({ name }) => name);
  const seen = new Map<string, AgentAccount>();
  for (const item of reader.items(field)) {
    const fields = reader.record(item, agentFields);
    const agent = readAgent(reader, fields);
    if (agent === undefined) continue;
    if (seen.has(agent.user)) {
      reader.problem(fields.get('user') ?? item, `there is more than one agent ${agent.user}`);
    }
    for (const group of agent.groups) {
      if (!names.includes(group)) {
        reader.unknownName(fields.get('groups') ?? item, `group: ${group}`, group, names);
      }
    }
    seen.set(agent.user, agent);
  }
  return [...seen.values()];
}
