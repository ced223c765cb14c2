// Options of what keeps the data: the operational database, the search index and its dashboards.
import { choice, flag, list, pattern, port, seconds, text, url } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

const readLevels = [
  'ONE',
  'TWO',
  'THREE',
  'QUORUM',
  'ALL',
  'LOCAL_ONE',
  'LOCAL_QUORUM',
  'EACH_QUORUM',
] as const;

export const cassandraKeyspace = {
  name: {
    reserved: true,
    type: text({
      allowed: 'a keyspace name of 1 to 48 letters, digits and underscores, beginning with a letter',
      pattern: /^[A-Za-z][A-Za-z0-9_]{0,47}$/,
    }),
    default: 'gpe',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Keyspace that holds all operational data, and name of the search index.',
  },
  replicationStrategy: {
    reserved: true,
    type: choice(['SimpleStrategy', 'NetworkTopologyStrategy']),
    default: 'NetworkTopologyStrategy',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'How replicas are placed when the keyspace is created. Reporting needs NetworkTopologyStrategy.',
  },
  replicationStrategyParams: {
    reserved: true,
    type: list("pairs '<data center>':<replicas>", /^'[^']{1,100}'\s*:\s*[1-9]\d?$/),
    default: "'OperationalDC':1",
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      "Replicas in each data center, by the database's names of them; with SimpleStrategy, " +
      "'replication_factor':<replicas>.",
  },
  readConsistencyLevel: {
    reserved: true,
    type: choice(readLevels),
    default: 'LOCAL_QUORUM',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Replicas that must answer a read.',
  },
  writeConsistencyLevel: {
    reserved: true,
    type: choice([...readLevels, 'ANY']),
    default: 'LOCAL_QUORUM',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Replicas that must acknowledge a write.',
  },
  dataCompression: {
    reserved: true,
    type: choice(['NONE', 'LZ4', 'SNAPPY', 'DEFLATE']),
    default: 'LZ4',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Compression of the data in tables that are created from then on.',
  },
  'retention.entity.all': {
    type: seconds(0),
    default: '1209600',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'How long a stored entity is kept; 0 keeps it for ever. What is already written keeps its term.',
  },
  'retention.entity.<object>': {
    type: seconds(0),
    objects: ['visit', 'page', 'event', 'identity', 'engagement', 'chat'],
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'The same for one kind of entity, in place of `retention.entity.all`.',
  },
  userName: {
    reserved: true,
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Database user. `cassandraClient/userName` wins over it.',
  },
  password: {
    reserved: true,
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning: 'Password of that user.',
  },
} as const satisfies SectionRows;

export const cassandraClient = {
  userName: {
    reserved: true,
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Database user, where the database asks for one.',
  },
  password: {
    reserved: true,
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning: 'Password of that user.',
  },
  transportCompression: {
    reserved: true,
    type: choice(['NONE', 'LZ4', 'SNAPPY']),
    default: 'LZ4',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Compression of the connection to the database.',
  },
} as const satisfies SectionRows;

export const elasticsearch = {
  'http-read-only': {
    reserved: true,
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning:
      'Refuses modifying calls (POST, PUT, DELETE) to the search API with 403, save those that ' +
      '`read-only-urls-regexp` lets through.',
  },
  'read-only-urls-regexp': {
    reserved: true,
    type: pattern(),
    default:
      '/_msearch|/_mget|/_search|/_search_shards|/_suggest|/_count|/_validate|/_explain|\\.kibana' +
      '|garp\\.collector|tenantConfiguration|\\.garp|systemConfiguration|/conversion|/webtraffic',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning:
      'URLs for which POST and PUT stay allowed when `http-read-only` is true; found anywhere in the URL.',
  },
  'http-filter': {
    reserved: true,
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Masks personal data in answers of the search API.',
  },
  'reponse-filter-regexp': {
    reserved: true,
    type: pattern(),
    default: 'password',
    aliases: ['response-filter-regexp'],
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Keys at the top of each `_source` that match, in any case, get the value `*****`.',
  },
  'reponse-filter-regexp-type': {
    reserved: true,
    type: choice(['REGEXP', 'PATH']),
    default: 'REGEXP',
    aliases: ['response-filter-regexp-type'],
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Whether the filter is a regular expression over keys or a JSON path.',
  },
  'http.port': {
    reserved: true,
    type: port(),
    default: '9200',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'REST port of the search engine.',
  },
} as const satisfies SectionRows;

export const kibana = {
  enabled: {
    reserved: true,
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Serves dashboards with the node.',
  },
  host: {
    reserved: true,
    type: text(),
    default: '0.0.0.0',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Address that the dashboards listen on.',
  },
  port: {
    reserved: true,
    type: port(),
    default: '5601',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Port that the dashboards listen on.',
  },
  elasticsearch_url: {
    reserved: true,
    type: url(),
    default: 'http://localhost:9200',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Search engine that the dashboards read.',
  },
  kibana_index: {
    reserved: true,
    type: text(),
    default: '.kibana',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Index that keeps saved dashboards.',
  },
} as const satisfies SectionRows;
