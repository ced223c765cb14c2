/**
 * What the encoding of the wire does not promise: that a record which a message needs is there, and that its
 * numbers are ones that we count with. The checks are made from the definition of the messages itself.
 */
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';

/** What is wrong with a value, as the path of the field and the reason; undefined: nothing. */
export type WireCheck = (value: unknown) => string | undefined;

/** The parts of a message's descriptor that the checks are made from. */
interface Descriptor {
  field: { name: string; label: string; type: string; typeName: string }[];
  oneofDecl: { name: string }[];
}

type Fields = Record<string, unknown>;
type FieldCheck = (record: Fields) => string | undefined;

/** Numbers that are no counts: times, and a fraction. All others on the wire are whole. */
const fractions: ReadonlySet<string> = new Set(['sentAt', 'at', 'driftMax']);

/** `name` with its package. */
export function wireCheck(definition: PackageDefinition, name: string): WireCheck {
  return checkOf(definition, name, new Map());
}

function checkOf(definition: PackageDefinition, name: string, made: Map<string, WireCheck>): WireCheck {
  const known = made.get(name);
  if (known !== undefined) return known;
  let fields: FieldCheck[] = [];
  const check: WireCheck = (value) => {
    for (const field of fields) {
      const wrong = field(value as Fields);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
  made.set(name, check);
  const { type } = definition[name] as MessageTypeDefinition<object, object>;
  const descriptor = type as Descriptor;
  const unions = descriptor.oneofDecl.map((union) => union.name);
  // An `optional` field is a union of its own, named after it; of a real one at most one field is there.
  const mayLack = (field: string): boolean =>
    unions.some((union) => !union.startsWith('_') || camelCase(union.slice(1)) === field);
  fields = descriptor.field.flatMap((field) => {
    const isList = field.label === 'LABEL_REPEATED';
    if (field.type === 'TYPE_MESSAGE') {
      const part = checkOf(definition, packageOf(name) + field.typeName, made);
      return isList ? [listCheck(field.name, part)] : [recordCheck(field.name, part, mayLack(field.name))];
    }
    if (field.type !== 'TYPE_DOUBLE' && field.type !== 'TYPE_UINT64') return [];
    const number = numberCheck(fractions.has(field.name));
    return isList ? [listCheck(field.name, number)] : [valueCheck(field.name, number)];
  });
  return check;
}

function packageOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.') + 1);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function numberCheck(mayBeFraction: boolean): WireCheck {
  return (value) => {
    if (mayBeFraction ? Number.isFinite(value) : Number.isSafeInteger(value)) {
      if ((value as number) >= 0) return undefined;
    }
    return `: ${String(value)} is not a ${mayBeFraction ? '' : 'whole '}number from 0`;
  };
}

function valueCheck(name: string, check: WireCheck): FieldCheck {
  return (record) => within(name, check(record[name]));
}

function listCheck(name: string, check: WireCheck): FieldCheck {
  return (record) => {
    const list = record[name] as unknown[];
    for (let index = 0; index < list.length; index++) {
      const wrong = check(list[index]);
      if (wrong !== undefined) return within(`${name}[${index}]`, wrong);
    }
    return undefined;
  };
}

function recordCheck(name: string, check: WireCheck, mayLack: boolean): FieldCheck {
  return (record) => {
    const value = record[name];
    if (value !== null && value !== undefined) return within(name, check(value));
    return mayLack ? undefined : `${name}: missing`;
  };
}

function within(name: string, wrong: string | undefined): string | undefined {
  if (wrong === undefined) return undefined;
  return wrong.startsWith(':') ? name + wrong : `${name}.${wrong}`;
}
