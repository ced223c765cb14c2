import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adopt,
  append,
  beginEpoch,
  contains,
  createLog,
  drop,
  firstBaseOf,
  forEachEntry,
  lineageAtBase,
  lineageLengthMax,
  type Piece,
  type Log,
  pieceAfter,
  take,
} from '../../../../src/cluster/replication/log.js';

const emptyLog = (epoch = 1): Log => createLog({ baseSeq: firstBaseOf(epoch), endSeqs: [], adopted: [] });

/** Entries as `seq=byte`. */
function entriesOf({ segments }: Log): string[] {
  const entries: string[] = [];
  forEachEntry(segments, (seq, payload) => entries.push(`${seq}=${payload.join()}`));
  return entries;
}

type Step = { kind: 'append'; size: number } | { kind: 'epoch' } | { kind: 'drop'; share: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('append' as const), size: fc.integer({ min: 0, max: 40 }) }),
    fc.constant<Step>({ kind: 'epoch' }),
    fc.record({ kind: fc.constant('drop' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  ),
  { maxLength: 60 },
);

/** A log after `list`, with all numbers ever given in it. */
function play(list: readonly Step[]): { log: Log; seqs: number[] } {
  const log = emptyLog();
  const seqs: number[] = [];
  let epoch = 1;
  list.forEach((step, index) => {
    if (step.kind === 'append') seqs.push(append(log, new Uint8Array(step.size).fill(index)));
    else if (step.kind === 'epoch') beginEpoch(log, ++epoch);
    else drop(log, seqs[Math.floor(step.share * (seqs.length - 1))] ?? 0);
  });
  return { log, seqs };
}

describe('a log', () => {
  it('numbers its entries upwards over epochs, counts its bytes, and knows what it has', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log, seqs } = play(list);
        expect([...seqs].sort((one, other) => one - other)).toEqual(seqs);
        expect(new Set(seqs).size).toBe(seqs.length);
        let bytes = 0;
        const left: number[] = [];
        forEachEntry(log.segments, (seq, payload) => {
          bytes += payload.length;
          left.push(seq);
        });
        expect(log.bytes).toBe(bytes);
        expect(left).toEqual(seqs.filter((seq) => seq > log.baseSeq));
        for (const seq of seqs) expect(contains(log, seq)).toBe(true);
        expect(contains(log, log.lastSeq + 1)).toBe(false);
      }),
    );
  });

  it('is copied piece by piece, in any order and as often as one likes', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat({ max: 50 }), { maxLength: 50 }),
        (list, bytesMax, order) => {
          const { log } = play(list);
          const pieces: Piece[] = [];
          for (let at = log.baseSeq; ;) {
            const piece = pieceAfter(log, at, bytesMax);
            if (piece === undefined) break;
            pieces.push(piece);
            at = piece.firstSeq + piece.payloads.length - 1;
          }
          const copy = createLog(lineageAtBase(log));
          const before: string[] = entriesOf(log);
          const shuffled = order.filter((index) => index < pieces.length).map((index) => pieces[index]!);
          for (const piece of [...shuffled, ...pieces]) {
            take(copy, piece.previousSeq, piece);
            const now = entriesOf(copy);
            expect(now).toEqual(before.slice(0, now.length));
          }
          expect(entriesOf(copy)).toEqual(before);
          expect(copy.endSeqs).toEqual(log.endSeqs);
          expect(copy.bytes).toBe(log.bytes);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells its own entries of an epoch from those of a lost history', () => {
    const served = emptyLog();
    const common = [1, 2, 3].map(() => append(served, new Uint8Array(1)));
    const lost = emptyLog();
    for (const seq of common) take(lost, lost.lastSeq, { firstSeq: seq, payloads: [new Uint8Array(1)] });
    beginEpoch(lost, 2);
    const orphan = append(lost, new Uint8Array(1));
    beginEpoch(served, 3);
    const later = append(served, new Uint8Array(1));
    expect(common.every((seq) => contains(served, seq) && contains(lost, seq))).toBe(true);
    expect(contains(served, orphan)).toBe(false);
    expect(contains(lost, later)).toBe(false);
    const atSeq = append(served, new Uint8Array(1));
    adopt(served, [{ fromSeq: orphan, toSeq: orphan, atSeq }]);
    expect(contains(served, orphan)).toBe(true);
  });

  it('forgets the oldest epochs, and no more', () => {
    const log = emptyLog();
    const seqs: number[] = [];
    for (let epoch = 2; epoch < lineageLengthMax * 2; epoch++) {
      beginEpoch(log, epoch);
      seqs.push(append(log, new Uint8Array(1)));
    }
    expect(log.endSeqs.length).toBe(lineageLengthMax);
    expect(contains(log, seqs.at(-lineageLengthMax)!)).toBe(true);
    expect(contains(log, seqs[0]!)).toBe(false);
  });
});
