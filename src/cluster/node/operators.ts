/** Commands of operators under way, each answered once by the machine. */
import type { OperatorCommand } from '../member/index.js';

export interface OperatorReply {
  ok: boolean;
  text: string;
  data?: unknown;
}

export interface Operators {
  run(command: OperatorCommand): Promise<OperatorReply>;
  reply(effect: OperatorReply & { id: number }): void;
}

/** `give` hands a command to the machine. */
export function createOperators(give: (id: number, command: OperatorCommand) => void): Operators {
  const waiting = new Map<number, (reply: OperatorReply) => void>();
  let nextId = 1;
  return {
    run(command) {
      const id = nextId++;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        give(id, command);
      });
    },
    reply({ id, ok, text, data }) {
      waiting.get(id)?.({ ok, text, data });
      waiting.delete(id);
    },
  };
}
