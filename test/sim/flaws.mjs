// Leaves rules of the protocol out, one at a time, in a scratch copy, and tells after how many seeds the
// simulator notices: one that it does not notice means that the simulator is too tame.
// `npm run sim:flaws [-- name …]` (all without a name), `--seeds N` seeds for each (2,000 without it).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const view = (file) => `src/cluster/view/${file}.ts`;
const parts = (file) => `src/cluster/replication/${file}.ts`;

/**
 * Each edit: a file, what stands there, and what stands there instead. `views`: the view machine alone.
 * `covered`: why no promise rests on the rule, so that nothing is to be noticed.
 */
const flaws = [
  {
    name: 'round-in-memory',
    rule: 'the round is on disk before the first prepare',
    views: true,
    edits: [
      [view('proposer'), 'keep(turn, { round });', ''],
      [
        view('proposer'),
        'const round = Math.max(state.kept.round, state.kept.promised?.round ?? 0, state.roundSeen) + 1;',
        'const round = state.roundSeen + 1;',
      ],
    ],
  },
  {
    name: 'promise-in-memory',
    rule: 'promises and acceptances are on disk before they are answered',
    views: true,
    edits: [[view('turn'), 'if (ticket > state.ticketKept) break;', '']],
  },
  {
    name: 'observer-votes',
    rule: 'an incarnation that the view does not name neither promises nor accepts',
    views: true,
    edits: [
      [view('acceptor'), '|| !mayVote(state)) return false', ') return false'],
      [
        view('proposer'),
        'return kept.view === undefined || isAdmitted(kept.view, node);',
        'return kept.view === undefined || node.name !== "";',
      ],
    ],
  },
  {
    // With the incarnation in the ballot an observer could propose: rounds that its lost disk has used are
    // another incarnation's, so no ballot comes twice. Each rule stands in for the other: both are left out.
    name: 'observer-proposes',
    rule: 'an incarnation that the view does not name proposes nothing, and a ballot names its incarnation',
    views: true,
    edits: [
      [
        view('proposer'),
        'mayVote(state) && state.keepFailure === undefined',
        'state.keepFailure === undefined',
      ],
      [
        view('acceptor'),
        'isAdmitted(view, { name: ballot.node, incarnation: ballot.incarnation })',
        'ballot.node !== ""',
      ],
      [view('acceptor'), 'import { isAdmitted, type NodeIdentity }', 'import { type NodeIdentity }'],
      [view('ballot'), '|| compareNames(one.incarnation, other.incarnation)', ''],
    ],
  },
  {
    name: 'observer-acknowledges',
    rule: 'an incarnation that the view does not name acknowledges no heartbeats',
    views: true,
    edits: [
      [
        view('lease'),
        'state.kept.view !== undefined && mayVote(state) &&',
        'state.kept.view !== undefined &&',
      ],
      [view('lease'), '|| !isAdmitted(view, from)) return;', '|| from.name === "") return;'],
    ],
  },
  {
    name: 'fresh-twice',
    rule: 'fresh is said to one incarnation of each node only',
    views: true,
    edits: [[view('formation'), '!byOperator && said !== undefined', 'false && said !== undefined']],
  },
  {
    name: 'fresh-majority',
    rule: 'the first view needs a fresh answer from all configured nodes',
    views: true,
    edits: [
      [
        view('formation'),
        'if (missing.length === 0) openVote(turn);',
        'if (missing.length * 2 < asked.length + 1) openVote(turn);',
      ],
    ],
  },
  {
    name: 'acknowledges-on',
    rule: 'no heartbeat is acknowledged once a view for the next epoch is accepted',
    views: true,
    edits: [[view('lease'), '&& state.kept.accepted === undefined', '']],
  },
  {
    name: 'no-drift',
    rule: 'a successor waits for the drift of both clocks too',
    views: true,
    edits: [
      [
        'src/cluster/settings.ts',
        '(terms.leaseMs * (1 + terms.driftMax)) / (1 - terms.driftMax)',
        'terms.leaseMs',
      ],
    ],
  },
  {
    name: 'wait-for-predecessor',
    rule: 'a successor waits for every node that may hold an older lease, not for the last one’s only',
    views: true,
    edits: [
      [
        view('install'),
        'const older = isSettled ? [] : state.olderHolders;',
        'const older: NodeName[] = [];',
      ],
    ],
  },
  {
    name: 'holders-guessed',
    rule: 'nobody says that all who may hold an older lease are members unless it knows who they are',
    edits: [[parts('survey'), 'includesIncarnation(members, one)) === true', 'members.length > 0) === true']],
  },
  {
    name: 'serves-on',
    rule: 'installing an epoch ends all service under older ones',
    edits: [[parts('survey'), 'suspendService(turn, partition);', '']],
  },
  {
    name: 'cease-forgotten',
    rule: 'effects are released only in the term they began in: who hears of another server lets go',
    edits: [
      [parts('placement'), 'cease(turn, partition);', ''],
      [parts('holding'), 'cease(turn, partition);', ''],
    ],
  },
  {
    name: 'boot-unnoticed',
    rule: 'a boot that the view does not name takes no part',
    edits: [
      [
        'src/cluster/identity.ts',
        'return one.boot === other.boot && one.incarnation',
        'return one.incarnation',
      ],
      [
        parts('partitions'),
        '    state.live && input.message.epoch === state.epoch',
        '    input.message.epoch === state.epoch',
        true,
      ],
    ],
  },
  {
    name: 'no-lease-check',
    rule: 'effects leave only while the lease is valid',
    edits: [[parts('service'), 'seq <= service.stableSeq || !hasLease(turn)', 'seq <= service.stableSeq']],
  },
  {
    name: 'alone-unilaterally',
    rule: 'a server that alone takes its copy for dead waits for a new view',
    edits: [[parts('copies'), 'if (isFresh(copy) && isWaiting(copy) &&', 'if (isWaiting(copy) &&']],
  },
  {
    name: 'survey-some',
    rule: 'nothing is decided without every member’s answer',
    edits: [
      [
        parts('survey'),
        'if (awaited(state).length > 0) return;',
        'if (awaited(state).length * 2 > state.peers.size) return;',
      ],
    ],
  },
  {
    name: 'ring-backup-only',
    rule: 'every full copy of the last epoch stays in sync, not the ring’s backup only',
    edits: [
      [
        parts('survey'),
        'const copies = current.map(({ node }) => node).filter((node) => node !== server);',
        'const copies = current.map(({ node }) => node).filter((node) => node !== server && ' +
          'state.ring?.orders[partition.index]?.[1] === node);',
      ],
    ],
  },
  {
    name: 'unstamped-left-out',
    rule: 'a copy that its server never heard from stays in sync',
    edits: [[parts('survey'), 'epoch === copyEpoch || unstamped.has(node)', 'epoch === copyEpoch']],
  },
  {
    name: 'journal-as-new',
    rule: 'after a restart the journal is a copy of its own epoch, never newer',
    edits: [
      [
        parts('journal'),
        'copies.set(partition, { epoch, generation: 0, log, unstamped: [] });',
        'copies.set(partition, { epoch: epoch + 1, generation: 0, log, unstamped: [] });',
      ],
    ],
  },
  {
    name: 'full-at-once',
    rule: 'a copy is full when its server says so, not when its beginning is there',
    edits: [
      [
        parts('holding'),
        'partition.filling = { epoch: state.epoch,',
        'partition.copy = { epoch: state.epoch,',
      ],
    ],
  },
  {
    name: 'old-copy-dropped',
    rule: 'the older copy is kept until the new one is complete',
    covered:
      'it is older than what is served, and never used without the alarm of a loss, which it makes smaller ' +
      '(test/model/README.md, "A rule without a run")',
    edits: [
      [
        parts('holding'),
        'partition.filling = { epoch: state.epoch,',
        'partition.copy = undefined;\n  partition.filling = { epoch: state.epoch,',
      ],
    ],
  },
  {
    name: 'no-close-mark',
    rule: 'journal mode ends with an fsynced close mark',
    edits: [
      [parts('journal'), 'journal.closes.push(partition);', ''],
      [parts('journal'), "journal.marks.push({ partition, what: 'close', seq: 0, service });", ''],
      [parts('journal'), "service.journal = 'closing'", "service.journal = 'none'"],
    ],
  },
  {
    name: 'journal-without-base',
    rule: 'journal mode starts by writing what is not persisted yet',
    edits: [
      [
        parts('journal'),
        'openCopy(turn, journalled(partition, epoch, log), service);',
        'const empty = { baseSeq: log.lastSeq, segments: [] };\n  ' +
          'openCopy(turn, { ...journalled(partition, epoch, log), ...empty }, service);',
      ],
    ],
  },
  {
    name: 'stamps-not-awaited',
    rule: 'every copy in sync acknowledges before an input is stable',
    edits: [
      [
        parts('service'),
        "if (phase !== 'filling' && ackedSeq < seq) seq = ackedSeq;",
        "if (phase === 'sync' && ackedSeq < seq) seq = ackedSeq;",
      ],
    ],
  },
  {
    name: 'loss-unsaid',
    rule: 'what is lost beyond the promise is said',
    edits: [[parts('survey'), 'const isDoubtful = !isGapClean(', 'const isDoubtful = false && !isGapClean(']],
  },
  {
    name: 'log-unbounded',
    rule: 'inputs are refused when the store lags too far behind',
    edits: [[parts('partitions'), 'log.bytes + length > settings.partitionLogBytesMax ||', '']],
  },
  {
    name: 'window-unbounded',
    rule: 'a copy is sent no more than a window of what it has not acknowledged',
    edits: [[parts('copies'), 'room <= 0 || (', '(']],
  },
  {
    name: 'seeds-unbounded',
    rule: 'a few copies are filled at a time',
    edits: [[parts('plan'), 'filling < settings.seedsMax &&', '']],
  },
  {
    name: 'journal-not-rewritten',
    rule: 'the journal is written anew before it reaches its bound',
    edits: [[parts('partitions'), 'rewriteJournal(turn);', '']],
  },
  {
    name: 'list-without-bound',
    rule: 'every list of the machines has a bound',
    edits: [
      [parts('partitions'), 'placedChanges: new Map(),', 'placedChanges: new Map(), heard: [],'],
      [parts('partitions'), "case 'peerMessage': {", "case 'peerMessage': { state.heard.push(input.from);"],
    ],
  },
];

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const args = process.argv.slice(2);
const seedsAt = args.indexOf('--seeds');
const seeds = seedsAt < 0 ? '2000' : args.splice(seedsAt, 2)[1];

/** A copy of what the simulator needs, with one rule left out. */
function plant({ name, edits }) {
  const scratch = mkdtempSync(join(tmpdir(), `beckon-flaw-${name}-`));
  for (const path of ['src/base', 'src/cluster', 'test/sim', 'scripts', 'package.json']) {
    cpSync(join(root, path), join(scratch, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  for (const [file, from, to, isOptional] of edits) {
    const path = join(scratch, file);
    const text = readFileSync(path, 'utf8').replace(/\s+/g, ' ');
    const wanted = from.replace(/\s+/g, ' ');
    if (!text.includes(wanted)) {
      if (isOptional) continue;
      throw new Error(`${name}: ${file} has no ${from}`);
    }
    writeFileSync(path, replaceLoosely(readFileSync(path, 'utf8'), from, to));
  }
  return scratch;
}

/** Replaces the first place where `from` stands, whatever its line breaks. */
function replaceLoosely(text, from, to) {
  const pattern = from
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\s+');
  return text.replace(new RegExp(pattern), () => to);
}

let unnoticed = 0;
for (const flaw of flaws) {
  if (args.length > 0 && !args.includes(flaw.name)) continue;
  const scratch = plant(flaw);
  const command = [join(scratch, 'scripts/sim.mjs'), '--seeds', seeds, ...(flaw.views ? ['--views'] : [])];
  const { stdout } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  rmSync(scratch, { recursive: true });
  const seed = /^seed (\d+): (.*)$/m.exec(stdout);
  const run = /^(\d+) seeds in (\S+) s/m.exec(stdout);
  const missed = flaw.covered === undefined ? 'NOT NOTICED' : `not noticed, and need not be: ${flaw.covered}`;
  if (seed === null && flaw.covered === undefined) unnoticed++;
  const found = seed === null ? missed : `seed ${seed[1]}: ${seed[2].slice(0, 110)}`;
  console.log(`${flaw.name} (${flaw.rule}): ${run?.[1] ?? '?'} seeds, ${run?.[2] ?? '?'} s: ${found}`);
}
console.log(`${unnoticed} flaws were not noticed`);
process.exitCode = unnoticed > 0 ? 1 : 0;
