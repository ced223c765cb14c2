// How the nodes of a cluster find, trust and watch each other. The guide's nodes shared a data grid that
// had its
// own settings; these are ours. The times belong together: `src/cluster/settings.ts` says how.
import { fractional, list, path, whole } from '../option-type.js';
import type { SectionRows } from '../option-row.js';

function amount(min: number, max: number, unit: string, value: string, meaning: string) {
  return {
    type: whole({ min, max, unit }),
    default: value,
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning,
  } as const;
}

const milliseconds = (min: number, max: number, value: string, meaning: string) =>
  amount(min, max, 'milliseconds', value, meaning);

const file = (meaning: string) =>
  ({ type: path(), scope: 'either', takesEffect: 'restart', source: 'own', meaning }) as const;

export const cluster = {
  key: {
    type: list('secrets of 16 to 200 characters', /^[^,]{16,200}$/),
    default: '',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    sensitive: true,
    meaning:
      'Secret by which nodes know each other; needed with more than one node. The first is used, all are ' +
      'accepted, so that a key is changed in three rolling restarts: new one behind, new one in front, old ' +
      'one out.',
  },
  authorityFile: file('Certificate (PEM) of the authority that signs the certificates of the nodes.'),
  certificateFile: file("The node's certificate (PEM), with the node's application name as its DNS name."),
  keyFile: file('Private key (PEM) of that certificate.'),
  heartbeatInterval: milliseconds(20, 10_000, '200', 'How often a node renews its lease.'),
  leaseTime: milliseconds(
    200,
    60_000,
    '2000',
    'How long a node may serve after a majority last answered it; another takes over only later.',
  ),
  driftMax: {
    type: fractional({ min: 0.0001, max: 0.4 }),
    default: '0.05',
    scope: 'cluster',
    takesEffect: 'restart',
    source: 'own',
    meaning: 'By which fraction clocks of two nodes may differ in speed; what a takeover waits longer.',
  },
  stableTime: milliseconds(100, 60_000, '500', 'How long a change of who answers must last to be acted on.'),
  hangTime: milliseconds(
    1_000,
    600_000,
    '30000',
    'After this time without a turn a main loop counts as dead.',
  ),
  swimInterval: milliseconds(50, 10_000, '500', 'How often the failure detector asks one other node.'),
  drainTime: milliseconds(
    0,
    600_000,
    '60000',
    'How long a node that is told to stop may take to hand its visits over first; 0: it stops at once.',
  ),
  heldRequestsMax: amount(10, 1_000_000, 'requests', '10000', 'Requests that wait for visits on the move.'),
  pullsMax: amount(
    1,
    1_024,
    'partitions',
    '4',
    'Partitions that a node takes over at a time, to even out the load.',
  ),
  seedRate: amount(
    100_000,
    10_000_000_000,
    'bytes a second',
    '50000000',
    'What a node sends at most to fill copies of its partitions.',
  ),
} as const satisfies SectionRows;
