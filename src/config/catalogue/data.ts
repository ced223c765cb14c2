// Options of what keeps the data: the operational database, the search index and its dashboards.
import { choice, flag, list, path, pattern, port, seconds, text, url, whole } from '../option-type.js';
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
    type: choice(['SimpleStrategy', 'NetworkTopologyStrategy']),
    default: 'NetworkTopologyStrategy',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'How replicas are placed when the keyspace is created. Reporting needs NetworkTopologyStrategy.',
  },
  replicationStrategyParams: {
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
    type: choice(readLevels),
    default: 'LOCAL_QUORUM',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Replicas that must answer a read.',
  },
  writeConsistencyLevel: {
    type: choice([...readLevels, 'ANY']),
    default: 'LOCAL_QUORUM',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Replicas that must acknowledge a write.',
  },
  dataCompression: {
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
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Database user. `cassandraClient/userName` wins over it.',
  },
  password: {
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
    type: text(),
    scope: 'accessPoint',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Database user, where the database asks for one.',
  },
  password: {
    type: text(),
    scope: 'accessPoint',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning: 'Password of that user.',
  },
  transportCompression: {
    type: choice(['NONE', 'LZ4', 'SNAPPY']),
    default: 'LZ4',
    scope: 'accessPoint',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Compression of the connection to the database.',
  },
} as const satisfies SectionRows;

export const resource = {
  type: {
    type: choice(['cassandra']),
    default: 'cassandra',
    scope: 'accessPoint',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'What a Resource Access Point stands for.',
  },
} as const satisfies SectionRows;

export const elasticsearch = {
  enabled: {
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Keeps a search index of visits, events and all that belongs to them.',
  },
  nodes: {
    type: list('http or https URLs', /^https?:\/\/[^\s/@?#,]{1,255}\/?$/),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Servers of the Elasticsearch cluster that holds the index. Without it, a node keeps the index of ' +
      'what it serves in its data folder.',
  },
  userName: {
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'User of the Elasticsearch cluster, where it asks for one.',
  },
  password: {
    type: text(),
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning: 'Password of that user.',
  },
  certificateAuthority: {
    type: path(),
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      "File with the certificates (PEM) that sign the Elasticsearch servers' own, in place of the system's.",
  },
  requestTimeout: {
    type: seconds(1, 600),
    default: '30',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'How long Elasticsearch may take for an answer.',
  },
  shards: {
    type: whole({ min: 1, max: 100 }),
    default: '1',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Primary shards of each index that is made from then on, one index a day and kind of document. One ' +
      'holds some ten million events; more spread a larger day over the servers.',
  },
  'http.enabled': {
    type: flag(),
    default: 'false',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Serves the search API to dashboards on `http.port`. It asks nobody for a password: open it to those ' +
      'alone who may read all that is kept.',
  },
  'http.host': {
    type: text({ allowed: 'a host name or address', pattern: /^[A-Za-z0-9:][A-Za-z0-9:.-]{0,252}$/ }),
    default: '127.0.0.1',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Address that the search API listens on.',
  },
  'http-read-only': {
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
    type: flag(),
    default: 'false',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Masks personal data in answers of the search API.',
  },
  'reponse-filter-regexp': {
    type: pattern(),
    default: 'password',
    aliases: ['response-filter-regexp'],
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Keys at the top of each `_source` that match, in any case, get the value `*****`.',
  },
  'reponse-filter-regexp-type': {
    type: choice(['REGEXP', 'PATH']),
    default: 'REGEXP',
    aliases: ['response-filter-regexp-type'],
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Whether the filter is a regular expression over keys or a JSON path.',
  },
  'http.port': {
    type: port(),
    default: '9200',
    scope: 'either',
    takesEffect: 'restart',
    source: 'guide',
    meaning: 'Port of the search API.',
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
