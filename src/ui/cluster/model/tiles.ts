/**
 * The field of partitions: a square of tiles, each cut in two from corner to corner. All halves of one
 * colour are one path, so that a thousand of them cost no more than the nodes are many.
 */

export type Tile = 'server' | 'backup' | 'whole';

/** Tiles in a row of a field of so many. */
export function tilesAcross(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

/**
 * In which order partitions are shown: what nobody serves first, then by who serves, then by who has the
 * copy, so that each pair of nodes is one block whose size can be seen.
 */
export function tileOrder(servers: readonly number[], backups: readonly number[]): number[] {
  const of = (places: readonly number[], partition: number): number => places[partition] ?? -1;
  return [...servers.keys()].sort(
    (a, b) => of(servers, a) - of(servers, b) || of(backups, a) - of(backups, b) || a - b,
  );
}

/** The halves of the tiles at these places, each tile 10 wide with a gap of 1. */
export function tilePath(places: readonly number[], across: number, tile: Tile): string {
  return places
    .map((place) => {
      const x = (place % across) * 10;
      const y = Math.floor(place / across) * 10;
      switch (tile) {
        case 'server':
          return `M${x} ${y}h9l-9 9z`;
        case 'backup':
          return `M${x + 9} ${y}v9h-9z`;
        case 'whole':
          return `M${x} ${y}h9v9h-9z`;
      }
    })
    .join('');
}
