// Options of who may call the server and how: authentication, trust, and what browsers are told.
import { choice, list, optionalText, path, pattern, text } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

export const security = {
  'auth-scheme': {
    type: choice(['none', 'basic']),
    default: 'none',
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Protects the History REST API by HTTP Basic; `user-id` and `password` must be set too.',
  },
  'user-id': {
    type: text(),
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'User name that callers must give.',
  },
  password: {
    type: text(),
    scope: 'either',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning: 'Password that callers must give. HTTP Basic does not encrypt it, so use HTTPS.',
  },
  provider: {
    type: choice(['PEM', 'JKS', 'MSCAPI'], { mscap: 'MSCAPI' }),
    scope: 'node',
    takesEffect: 'restart',
    source: 'guide',
    meaning:
      'Kind of trust store for connections to other servers. PEM and JKS are told apart by the file; ' +
      'MSCAPI, the store of Windows, is refused.',
  },
  'trusted-ca': {
    type: path(),
    scope: 'node',
    takesEffect: 'restart',
    source: 'guide',
    meaning:
      'File with the certificates of the authorities that other servers must be certified by, PEM or JKS; ' +
      'unset trusts those that Node.js knows.',
  },
  'truststore-password': {
    type: text(),
    aliases: ['trusted-pwd'],
    scope: 'node',
    takesEffect: 'restart',
    source: 'guide',
    sensitive: true,
    meaning: 'Password of a JKS trust store.',
  },
} as const satisfies SectionRows;

const origin = /^(\*|https?:\/\/[A-Za-z0-9*][A-Za-z0-9.*-]{0,252}(:\d{1,5})?)$/;

export const web = {
  'cors.allowedOrigins': {
    type: list('origins; `*` alone or in a host name matches any', origin),
    default: '*',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Origins whose pages may call the server from a browser.',
  },
  'cors.allowedMethods': {
    type: list('HTTP methods', /^[A-Z]{1,20}$/),
    default: 'GET,POST,PUT,DELETE,OPTIONS,HEAD',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Methods announced to browsers.',
  },
  'cors.allowedHeaders': {
    type: list('header names', /^[A-Za-z0-9-]{1,100}$/),
    default: 'X-Requested-With,Content-Type,Accept,Origin,Cookie,Authorization',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Request headers announced to browsers.',
  },
  'cors.urlMapping': {
    type: list('path patterns such as /server/*', /^\/[^\s,]{0,200}$/),
    default: '/*',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Paths that other origins may call.',
  },
  'jsonp.whiteList': {
    type: list('path patterns such as /server/*', /^\/[^\s,]{0,200}$/),
    default: '',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning:
      'Paths of the `default` port whose JSON a page of any other site may fetch as a script, with the ' +
      'parameter `callback`, and with the cookies of whoever looks at that page; elsewhere it is refused. ' +
      'The push channel has callback-polling of its own.',
  },
  staticResourcesCacheControl: {
    type: optionalText(),
    default: 'public, max-age=3600',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: '`Cache-Control` header of the static files that the next option selects.',
  },
  staticResourcesCacheControlPattern: {
    type: pattern(),
    default: '.*\\.(js|css|png|gif|jpg|svg|woff2?|html)$',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'Paths of static files that get that header.',
  },
} as const satisfies SectionRows;
