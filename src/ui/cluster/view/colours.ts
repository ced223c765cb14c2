/** The colour of each node, the same wherever it appears; names stand beside it, so nothing hangs on it. */

/** Far apart, and none of them red: that is for what is wrong. */
const hues = [212, 150, 275, 40, 190, 315, 90, 245] as const;
const lightnesses = [46, 62, 34] as const;

export function colourOf(index: number): string {
  const lightness = lightnesses[Math.floor(index / hues.length) % lightnesses.length] ?? 46;
  return `hsl(${hues[index % hues.length] ?? 0} 55% ${lightness}%)`;
}
