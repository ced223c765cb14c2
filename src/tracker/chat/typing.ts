/** Tells the agent that the visitor is typing: seldom while it goes on, and once when it stops. */

export interface TypingSignal {
  wrote(draft: string): void;
  stop(): void;
}

const repeatMs = 3_000;
const idleMs = 4_000;

export function createTypingSignal(tell: (isTyping: boolean) => void): TypingSignal {
  let toldAtMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    clearTimeout(timer);
    if (toldAtMs > 0) tell(false);
    toldAtMs = 0;
  }

  return {
    wrote(draft) {
      clearTimeout(timer);
      if (draft.trim() === '') {
        stop();
        return;
      }
      timer = setTimeout(stop, idleMs);
      if (Date.now() - toldAtMs < repeatMs) return;
      toldAtMs = Date.now();
      tell(true);
    },
    stop,
  };
}
