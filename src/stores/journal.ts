/**
 * The node's journal: one append-only, checksummed, segmented log of inputs. An input is acknowledged to the
 * outside only when it is stable, which on a node without a backup means committed here.
 */
export interface JournalEntry {
  seq: number;
  payload: Uint8Array;
}

export interface Journal {
  /** The sequence number that the next entry gets. Numbers rise by 1 and are never used again. */
  readonly nextSeq: number;
  /** The highest number whose entry is on disk; `nextSeq - 1` when nothing is on its way. */
  readonly committedSeq: number;
  /**
   * Appends an entry and returns its sequence number at once. The bytes are copied before this returns.
   * Entries are committed in groups; `onCommitted` (given at opening) is called with the highest committed
   * number. Throws `AppError`: OVERLOADED while too many bytes wait for the disk, TOO_LARGE for an entry that
   * could never be taken, STORE_UNAVAILABLE after the disk has failed or the journal was closed.
   */
  append(payload: Uint8Array): number;
  /**
   * Every entry still kept, oldest first; only before the first append. A torn tail is cut, other damage
   * throws.
   */
  replay(): AsyncIterable<JournalEntry>;
  /** The number of the oldest entry that is still on disk, or of the next one when there is none. */
  readonly firstSeq: number;
  /**
   * Begins a new segment, so that a release of all that is committed by now leaves nothing of it on disk.
   * Throws as `append` does when the disk refuses.
   */
  rotate(): Promise<void>;
  /** Frees segments whose entries are all at or below `seq`. */
  release(seq: number): Promise<void>;
  /** Bytes of all segments still kept. */
  readonly bytes: number;
  /** Commits what was appended, then lets go of the files. */
  close(): Promise<void>;
}
