/** The types of facts: `Event`, and those that the package declares. */
import type { DeclareNode } from '../language/ast.js';
import type { Constant, ValueType } from './values.js';

export interface FactField {
  readonly name: string;
  readonly type: ValueType;
  readonly initial: Constant;
  readonly key: boolean;
}

export interface FactType {
  readonly name: string;
  /** Unique over packages: two packages may declare types of one name. */
  readonly id: string;
  readonly isEvent: boolean;
  /** In declaration order; `Event` has its own fixed fields. */
  readonly fields: ReadonlyMap<string, FactField>;
  /** The field with a declared event's time; null for the session's clock at the insert. */
  readonly timestampField: string | null;
  /** From `@expires`; null when it is to be inferred. */
  readonly expiresMs: number | null;
}

const eventFieldTypes: Readonly<Record<string, ValueType>> = {
  eventName: 'string',
  eventType: 'string',
  eventID: 'string',
  visitID: 'string',
  pageID: 'string',
  globalVisitID: 'string',
  category: 'string',
  categories: 'list',
  url: 'string',
  languageCode: 'string',
  timestamp: 'number',
  data: 'map',
};

export const eventTypeName = 'Event';

export const eventFields: ReadonlyMap<string, FactField> = new Map(
  Object.entries(eventFieldTypes).map(([name, type]) => [name, { name, type, initial: null, key: false }]),
);

export function visitorEventType(expiresMs: number | null): FactType {
  return {
    name: eventTypeName,
    id: eventTypeName,
    isEvent: true,
    fields: eventFields,
    timestampField: 'timestamp',
    expiresMs,
  };
}

const javaTypes: Readonly<Record<string, ValueType>> = {
  int: 'number',
  long: 'number',
  short: 'number',
  byte: 'number',
  double: 'number',
  float: 'number',
  Integer: 'number',
  Long: 'number',
  Short: 'number',
  Byte: 'number',
  Double: 'number',
  Float: 'number',
  Number: 'number',
  BigDecimal: 'number',
  BigInteger: 'number',
  String: 'string',
  char: 'string',
  Character: 'string',
  boolean: 'boolean',
  Boolean: 'boolean',
  Object: 'any',
};

/** The type of values that a declared field holds; undefined for one that rules do not have. */
export function fieldType(name: string): ValueType | undefined {
  return Object.hasOwn(javaTypes, name) ? javaTypes[name] : undefined;
}

export const fieldTypeNames: readonly string[] = Object.keys(javaTypes);

/** Numbers begin at 0 and flags at false as in Java; everything else at null. */
const primitives: Readonly<Record<string, Constant>> = {
  int: 0,
  long: 0,
  short: 0,
  byte: 0,
  double: 0,
  float: 0,
  boolean: false,
};

export function declaredType(node: DeclareNode, packageName: string): FactType {
  const fields = node.fields.map((field): [string, FactField] => {
    const initial =
      field.initial ?? (Object.hasOwn(primitives, field.type) ? (primitives[field.type] ?? null) : null);
    return [field.name, { name: field.name, type: fieldType(field.type) ?? 'any', initial, key: field.key }];
  });
  return {
    name: node.name,
    id: `${packageName}.${node.name}`,
    isEvent: node.isEvent,
    fields: new Map(fields),
    timestampField: node.timestampField,
    expiresMs: node.expiresMs,
  };
}
