/** One cluster-wide value and its versions, counted from 1; a null value marks a deletion. */
import type { Machine } from '../../base/index.js';
import type { DocumentInput, Documents, Effect, WakeInput } from '../protocol/index.js';

export interface DocumentState {
  documentKind: string;
  name: string;
  version: number;
}

export const documentMachine: Machine<DocumentState, DocumentInput | WakeInput, Effect, Documents> = {
  /** `key` is `kind/name`; the kind has no slash. */
  initial: (key) => {
    const slash = key.indexOf('/');
    return { documentKind: key.slice(0, slash), name: key.slice(slash + 1), version: 0 };
  },

  step(state, input, nowMs) {
    if (input.kind === 'wake') return { state, effects: [] };
    const { value, expectedVersion } = input;
    if (expectedVersion !== undefined && expectedVersion !== state.version) {
      const found = `Version ${state.version} is there, not ${expectedVersion}`;
      const message = `${found}: read it again before you write.`;
      return { state, effects: [{ kind: 'refuse', code: 'CONFLICT', message }] };
    }
    state.version++;
    const { documentKind, name, version } = state;
    return {
      state,
      effects: [
        {
          kind: 'persist',
          row: { entity: 'document', value: { kind: documentKind, name, version, at: nowMs, value } },
        },
        { kind: 'publishDocument', documentKind, name, version, value },
        { kind: 'reply', value: { version } },
      ],
    };
  },
};
