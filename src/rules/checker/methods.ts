/**
 * The functions that can be called on a value: one row each, for the checker, the compiler and the
 * reference.
 */
import type { ValueType } from './values.js';

export interface MethodRow {
  readonly name: string;
  readonly targets: readonly ValueType[];
  readonly args: readonly ValueType[];
  readonly type: ValueType;
  readonly meaning: string;
}

const text: readonly ValueType[] = ['string'];

export const methodRows: readonly MethodRow[] = [
  {
    name: 'size',
    targets: ['list', 'map'],
    args: [],
    type: 'number',
    meaning: 'how many ' + 'elements; null for null',
  },
  { name: 'length', targets: text, args: [], type: 'number', meaning: 'how many characters; null for null' },
  {
    name: 'isEmpty',
    targets: ['list', 'map', 'string'],
    args: [],
    type: 'boolean',
    meaning: 'whether it has no ' + 'elements or characters',
  },
  {
    name: 'contains',
    targets: ['list', 'string'],
    args: ['any'],
    type: 'boolean',
    meaning: 'as the operator contains',
  },
  {
    name: 'containsKey',
    targets: ['map'],
    args: ['string'],
    type: 'boolean',
    meaning: 'whether the map has the key',
  },
  { name: 'startsWith', targets: text, args: ['string'], type: 'boolean', meaning: 'as str[startsWith]' },
  { name: 'endsWith', targets: text, args: ['string'], type: 'boolean', meaning: 'as str[endsWith]' },
  {
    name: 'equals',
    targets: ['string', 'number', 'boolean', 'list', 'map'],
    args: ['any'],
    type: 'boolean',
    meaning: 'as ==',
  },
  {
    name: 'equalsIgnoreCase',
    targets: text,
    args: ['string'],
    type: 'boolean',
    meaning: 'equal but for ' + 'upper and lower case',
  },
  { name: 'matches', targets: text, args: ['string'], type: 'boolean', meaning: 'as the operator matches' },
  { name: 'toLowerCase', targets: text, args: [], type: 'string', meaning: 'in lower case' },
  { name: 'toUpperCase', targets: text, args: [], type: 'string', meaning: 'in upper case' },
  { name: 'trim', targets: text, args: [], type: 'string', meaning: 'without white space at its ends' },
  {
    name: 'toString',
    targets: ['string', 'number', 'boolean'],
    args: [],
    type: 'string',
    meaning: 'as text',
  },
  { name: 'intValue', targets: ['number'], args: [], type: 'number', meaning: 'cut to a whole number' },
  { name: 'longValue', targets: ['number'], args: [], type: 'number', meaning: 'cut to a whole number' },
  { name: 'doubleValue', targets: ['number'], args: [], type: 'number', meaning: 'the number itself' },
];

export const methodByName: ReadonlyMap<string, MethodRow> = new Map(methodRows.map((row) => [row.name, row]));
export const methodNames: readonly string[] = [...methodByName.keys(), 'get'];
