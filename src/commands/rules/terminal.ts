/**
 * What a rules verb speaks to: streams that a test can stand in for, colours only for a person who watches.
 */
import { styleText } from 'node:util';

export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Whether standard output, or standard error, is a person's terminal. */
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return { stdin, stdout, stderr, outIsTty: stdout.isTTY, errIsTty: stderr.isTTY };
}

/**
 * Colours text for standard output; leaves it alone where nobody sees colours, or where `NO_COLOR` asks for
 * none.
 */
export function painter({ outIsTty }: Terminal): (colour: Colour, text: string) => string {
  const colours = outIsTty && (process.env['NO_COLOR'] ?? '') === '';
  return (colour, text) => (colours ? styleText(colour, text, { validateStream: false }) : text);
}

/** Rows in columns: all but the last padded, numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, String(cell).length)));
  }
  const lines = rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** An epoch time as `2026-03-01 08:15:00Z`. */
export function sayTime(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$/, 'Z');
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
