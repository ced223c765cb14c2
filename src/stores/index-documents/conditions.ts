/**
 * Checks a search before an index sees it, so that every implementation refuses the same with the same
 * words.
 */
import { AppError } from '../../base/index.js';
import {
  type Condition,
  type CountBy,
  type IndexEntity,
  type IndexSearch,
  searchLimits,
} from '../search-index.js';
import { fieldOf, type IndexField } from './fields.js';

function refuse(message: string, field?: string): never {
  throw new AppError('BAD_REQUEST', message, field === undefined ? {} : { field });
}

function knownField(entity: IndexEntity, name: string): IndexField {
  return fieldOf(entity, name) ?? refuse(`${name} is no field of ${entity} documents`, name);
}

/** Throws `AppError` BAD_REQUEST for what `SearchIndex.find` does not take. */
export function checkSearch({ entity, where, limit }: IndexSearch): void {
  if (!Number.isInteger(limit) || limit < 0 || limit > searchLimits.documentsMax) {
    refuse(`limit must be a whole number from 0 to ${searchLimits.documentsMax}`, 'limit');
  }
  if (where !== undefined) checkCondition(entity, where);
}

/** Throws `AppError` BAD_REQUEST for what `SearchIndex.count` does not take. */
export function checkCount(entity: IndexEntity, where: Condition, by: CountBy): void {
  checkCondition(entity, where);
  if (by.kind === 'time') {
    if (entity === 'identity') refuse('identities have no time to be counted by');
    return;
  }
  if (knownField(entity, by.field).kind !== 'keyword')
    refuse(`${by.field} cannot be counted by its values`, by.field);
  if (!Number.isInteger(by.limit) || by.limit < 1 || by.limit > searchLimits.countsMax) {
    refuse(`limit must be a whole number from 1 to ${searchLimits.countsMax}`, 'limit');
  }
}

export function checkCondition(entity: IndexEntity, condition: Condition): void {
  const left = { conditions: searchLimits.conditionsMax as number };
  checkInside(entity, condition, searchLimits.conditionDepthMax, left);
}

function checkInside(
  entity: IndexEntity,
  condition: Condition,
  depthLeft: number,
  left: { conditions: number },
): void {
  if (depthLeft <= 0) refuse(`conditions must nest at most ${searchLimits.conditionDepthMax} deep`);
  const weight = condition.kind === 'equals' ? condition.values.length : 1;
  left.conditions -= Math.max(1, weight);
  if (left.conditions < 0) refuse(`a search must have at most ${searchLimits.conditionsMax} conditions`);
  switch (condition.kind) {
    case 'all':
      return;
    case 'equals':
      if (knownField(entity, condition.field).kind === 'text') {
        refuse(`${condition.field} is searched by its words alone`, condition.field);
      }
      return;
    case 'exists':
      knownField(entity, condition.field);
      return;
    case 'range':
      if (!['date', 'number'].includes(knownField(entity, condition.field).kind)) {
        refuse(`${condition.field} holds neither dates nor numbers`, condition.field);
      }
      return;
    case 'words':
      if (condition.words.length > searchLimits.wordsLengthMax) {
        refuse(`words must have at most ${searchLimits.wordsLengthMax} characters`);
      }
      return;
    case 'and':
    case 'or':
      for (const part of condition.of) checkInside(entity, part, depthLeft - 1, left);
      return;
    case 'not':
      checkInside(entity, condition.of, depthLeft - 1, left);
  }
}
