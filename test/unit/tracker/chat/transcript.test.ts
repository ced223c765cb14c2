import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEntry } from '../../../../src/model/index.js';
import { emptyTranscript, mergeEntries } from '../../../../src/tracker/chat/transcript.js';

function entry(offset: number): ChatEntry {
  return { offset, at: offset, kind: 'message', by: 'agent', text: `m${offset}` };
}

describe('a transcript', () => {
  it('has every entry once and in order, however they come', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 0, max: 12 })
          .chain((count) =>
            fc.tuple(
              fc.constant(count),
              fc.array(fc.uniqueArray(fc.nat({ max: Math.max(0, count - 1) })), { maxLength: 8 }),
            ),
          ),
        ([count, pushes]) => {
          const all = Array.from({ length: count }, (_, offset) => entry(offset));
          const transcript = emptyTranscript([]);
          const painted: number[] = [];
          for (const offsets of pushes) {
            const given = offsets.flatMap((offset) => all[offset] ?? []);
            const { added, hasGap } = mergeEntries(transcript, given);
            painted.push(...added.map(({ offset }) => offset));
            expect(hasGap).toBe(given.some(({ offset }) => offset >= transcript.entries.length));
          }
          painted.push(
            ...mergeEntries(transcript, all.slice(transcript.entries.length)).added.map((e) => e.offset),
          );
          expect(transcript.entries).toEqual(all);
          expect(painted).toEqual(all.map(({ offset }) => offset));
        },
      ),
    );
  });

  it('lets go of an own message as it comes back, and of no other', () => {
    const transcript = emptyTranscript([
      { messageId: 'A', text: 'a', state: 'sent' },
      { messageId: 'B', text: 'b', state: 'sending' },
    ]);
    mergeEntries(transcript, [{ ...entry(0), by: 'visitor', messageId: 'A' }]);
    mergeEntries(transcript, [{ ...entry(1), by: 'agent', messageId: 'B' }]);
    expect(transcript.outgoing.map(({ messageId }) => messageId)).toEqual(['B']);
  });
});
