export {
  drainProgress,
  type NodeState,
  pairsOf,
  stateOf,
  type Totals,
  totalsOf,
  type Verdict,
  verdictOf,
} from './picture.js';
export { type Tile, tileOrder, tilePath, tilesAcross } from './tiles.js';
