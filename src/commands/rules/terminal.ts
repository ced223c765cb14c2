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
  const colours = outIsTty && (process.env.NO_COLOR ?? '') === '';
  return (colour, text) => (colours ? styleText(colour, text, { validateStream: false }) : text);
}

/** Rows in columns; a column that holds numbers is set to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const columns: { width: number; numeric: boolean }[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      const column = (columns[index] ??= { width: 0, numeric: false });
      column.width = Math.max(column.width, String(cell).length);
      column.numeric ||= typeof cell === 'number';
    });
  }
  const lines = rows.map((row) =>
    row
      .map((cell, index) => {
        const { width, numeric } = columns[index] ?? { width: 0, numeric: false };
        return numeric ? String(cell).padStart(width) : String(cell).padEnd(width);
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
