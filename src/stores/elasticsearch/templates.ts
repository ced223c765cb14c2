/** What each index is made with: its mapping from the table of fields, its shards, its aliases. */
import { commonFields, documentLimits, indexFields, type IndexFieldKind } from '../index-documents/index.js';
import { indexEntities, type IndexEntity } from '../search-index.js';
import type { IndexNames } from './names.js';

/** Found by every word that `wordsOfDocument` gives, which come already split. */
const words = { type: 'text', analyzer: 'whitespace', norms: false, index_options: 'docs' } as const;

const mappingOf: Readonly<Record<IndexFieldKind, object>> = {
  keyword: { type: 'keyword', ignore_above: documentLimits.keywordLengthMax },
  text: { type: 'text' },
  date: { type: 'date', format: 'epoch_millis' },
  number: { type: 'long' },
  // However many keys a site makes up, a tree is one field of the mapping.
  tree: { type: 'flattened', ignore_above: documentLimits.leafLengthMax, depth_limit: 20 },
};

function mappingsOf(entity: IndexEntity): object {
  const properties: Record<string, object> = { words, expiresAt: mappingOf.date };
  for (const [name, { kind }] of Object.entries({ ...commonFields, ...indexFields[entity] })) {
    const [parent = name, child] = name.split('.');
    if (child === undefined) properties[name] = mappingOf[kind];
    else {
      const inner = (properties[parent] as { properties?: object } | undefined)?.properties;
      properties[parent] = { properties: { ...inner, [child]: mappingOf[kind] } };
    }
  }
  // What only serves the index is not part of the document.
  return { dynamic: false, _source: { excludes: ['words', 'expiresAt'] }, properties };
}

export interface IndexTemplate {
  name: string;
  index_patterns: string[];
  priority: number;
  template: { settings: object; mappings: object; aliases: Record<string, object> };
}

/** One template for each entity; `shards` is `elasticsearch/shards`. */
export function indexTemplates(names: IndexNames, shards: number): IndexTemplate[] {
  return indexEntities.map((entity) => ({
    name: names.alias(entity),
    index_patterns: [names.pattern(entity)],
    priority: 500,
    template: {
      settings: {
        number_of_shards: shards,
        // A copy of each shard where there is a second server, none where there is none.
        auto_expand_replicas: '0-1',
        refresh_interval: '1s',
      },
      mappings: mappingsOf(entity),
      aliases: { [names.all]: {}, [names.alias(entity)]: {} },
    },
  }));
}
