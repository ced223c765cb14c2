// What happened in a simulated world, in words: the last lines of it tell why a seed failed.

export interface Timeline {
  /** Whether everything is wanted, the everyday notes of the nodes too. */
  readonly isVerbose: boolean;
  say(who: string, text: string): void;
  lines(): string[];
}

const linesMax = 400;

/** `onLine` sees every line; the last ones are kept in any case. */
export function createTimeline(nowMs: () => number, onLine?: (line: string) => void): Timeline {
  let lines: string[] = [];
  return {
    isVerbose: onLine !== undefined,
    say(who, text) {
      const line = `${(nowMs() / 1000).toFixed(3).padStart(8)}  ${who.padEnd(6)} ${text}`;
      onLine?.(line);
      lines.push(line);
      if (lines.length > linesMax * 2) lines = lines.slice(-linesMax);
    },
    lines: () => lines.slice(-linesMax),
  };
}
