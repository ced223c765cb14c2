// What the simulator drives: the composed machine of a member, or its view machine alone.
import {
  appendInput,
  createMember,
  flushMember,
  stepMember,
  type Append,
  type MemberEffect,
  type MemberInput,
  type MemberOptions,
  type MemberState,
} from '../../src/cluster/member/index.js';
import { createViewState, newKeptState, stepView, type ViewState } from '../../src/cluster/view/index.js';

export interface SimMachine {
  step(input: MemberInput, nowMs: number): MemberEffect[];
  append(partition: number, payload: Uint8Array, nowMs: number): Append;
  flush(nowMs: number): MemberEffect[];
  readonly view: ViewState;
  /** Undefined where the view machine runs alone. */
  readonly member: MemberState | undefined;
}

export function createMemberMachine(options: MemberOptions): SimMachine {
  const member = createMember(options);
  return {
    step: (input, nowMs) => stepMember(member, input, nowMs),
    append: (partition, payload, nowMs) => appendInput(member, partition, payload, nowMs),
    flush: (nowMs) => flushMember(member, nowMs),
    view: member.view,
    member,
  };
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
    member: undefined,
  };
}
