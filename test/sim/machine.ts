// What the simulator drives: the composed machine of a member, or its view machine alone.
import type { Append, MemberEffect, MemberInput, MemberOptions } from '../../src/cluster/member/index.js';
import { createViewState, newKeptState, stepView, type ViewState } from '../../src/cluster/view/index.js';

export interface SimMachine {
  step(input: MemberInput, nowMs: number): MemberEffect[];
  append(partition: number, payload: Uint8Array, nowMs: number): Append;
  flush(nowMs: number): MemberEffect[];
  readonly view: ViewState;
}

/** Views and leases alone: no partition is ever served. */
export function createViewMachine({ self, kept, settings, configured, nowMs }: MemberOptions): SimMachine {
  const view = createViewState({
    self,
    kept: kept ?? newKeptState(self.incarnation),
    settings,
    configured,
    nowMs,
  });
  return {
    step(input, atMs) {
      switch (input.kind) {
        case 'journalKept':
        case 'released':
        case 'leave':
          return [];
        case 'operator':
          return input.command.kind === 'status'
            ? []
            : stepView(view, { ...input, command: input.command }, atMs);
        default:
          return stepView(view, input as Parameters<typeof stepView>[1], atMs);
      }
    },
    append: () => ({ ok: false, reason: 'notServing' }),
    flush: () => [],
    view,
  };
}
