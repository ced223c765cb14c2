/**
 * What `==`, `<`, `contains` and the others mean for values of any kind: Drools' null-safe, number-minded
 * rules.
 */

/** A number held as a string compares as that number; otherwise by kind. Null equals only null. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === null || right === null || left === undefined || right === undefined)
    return (left ?? null) === (right ?? null);
  if (typeof left === 'number') return equalsNumber(left, right);
  if (typeof right === 'number') return equalsNumber(right, left);
  if (typeof left === 'boolean' || typeof right === 'boolean') return toText(left) === toText(right);
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  if (typeof left === 'object' && typeof right === 'object')
    return JSON.stringify(left) === JSON.stringify(right);
  return false;
}

function equalsNumber(number: number, other: unknown): boolean {
  if (typeof other === 'string') return other.trim() !== '' && Number(other) === number;
  return other === number;
}

/** Negative, zero or positive; NaN when the two have no order, so that every comparison with it is false. */
export function order(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left === null || right === null || left === undefined || right === undefined) return NaN;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'number' && typeof right === 'string')
    return right.trim() === '' ? NaN : left - Number(right);
  if (typeof left === 'string' && typeof right === 'number')
    return left.trim() === '' ? NaN : Number(left) - right;
  return NaN;
}

/** Membership of a list, a key of a map, a substring of a string. */
export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string')
    return item !== null && item !== undefined && container.includes(toText(item));
  if (Array.isArray(container)) return container.some((member) => equal(member, item));
  if (typeof container === 'object' && container !== null)
    return typeof item === 'string' && Object.hasOwn(container, item);
  return false;
}

/** Arithmetic on what may be a number held as a string; null when a side is no number. */
export function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

/** A value as text, for `+` and user data. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** The names in a `;`-joined list of categories. */
export function splitCategories(category: string): string[] {
  return category === '' ? [] : category.split(';').filter((name) => name !== '');
}

/** Whether a `;`-joined list has the name. */
export function hasCategory(category: string, name: string): boolean {
  if (category === name) return name !== '';
  if (!category.includes(';') || name === '') return false;
  return `;${category};`.includes(`;${name};`);
}

/** A member of free data; null when it is missing, whatever it is asked of. */
export function memberOf(target: unknown, key: unknown): unknown {
  if (Array.isArray(target)) return (typeof key === 'number' ? target[key] : undefined) ?? null;
  if (typeof target !== 'object' || target === null || typeof key !== 'string') return null;
  return Object.hasOwn(target, key) ? ((target as Record<string, unknown>)[key] ?? null) : null;
}
