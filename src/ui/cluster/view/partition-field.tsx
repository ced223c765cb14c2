/**
 * All partitions as tiles: the upper half in the colour of the node that serves it, the lower in that of the
 * node that has its copy. What nobody serves is red and whole. A table behind it says the same in numbers.
 */
import { type PointerEvent, useMemo, useState } from 'react';
import type { ClusterPicture } from '../../../model/index.js';
import { pairsOf, type Tile, tileOrder, tilePath, tilesAcross } from '../model/index.js';
import { colourOf } from './colours.js';
import { usePage } from './page-context.js';

export function PartitionField({ picture }: { picture: ClusterPicture }) {
  const { t } = usePage();
  const { servers, backups, nodes } = picture;
  const across = tilesAcross(servers.length);
  const size = across * 10;
  const [pointed, setPointed] = useState<number | null>(null);
  const order = useMemo(() => tileOrder(servers, backups), [servers, backups]);
  const paths = useMemo(() => pathsOf(picture, order, across), [picture, order, across]);

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * across);
    const row = Math.floor(((event.clientY - box.top) / box.height) * across);
    const isInside = column >= 0 && column < across;
    setPointed((isInside ? order[row * across + column] : undefined) ?? null);
  };

  if (servers.length === 0) return <p className="muted">{t('field.empty')}</p>;
  return (
    <>
      <svg
        className="field-tiles"
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={t('field.alt')}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {paths.servers.map((path, index) => (
          <path key={`s${nodes[index]?.name}`} d={path} fill={colourOf(index)} />
        ))}
        {paths.backups.map((path, index) => (
          <path key={`b${nodes[index]?.name}`} d={path} fill={colourOf(index)} />
        ))}
        <path d={paths.bare} className="tile-bare" />
        <path d={paths.unserved} className="tile-unserved" />
        <path d={paths.moving} className="tile-moving" />
      </svg>
      <p className="field-text">{pointed === null ? t('field.legend') : sentence(pointed)}</p>
      <details>
        <summary>{t('field.table')}</summary>
        <PairTable picture={picture} />
      </details>
    </>
  );

  function sentence(partition: number): string {
    const server = nodes[servers[partition] ?? -1]?.name;
    const backup = nodes[backups[partition] ?? -1]?.name;
    if (server === undefined) return t('field.unserved', { partition });
    if (backup === undefined) return t('field.bare', { partition, server });
    return t('field.served', { partition, server, backup });
  }
}

function pathsOf(
  { servers, backups, moving, nodes }: ClusterPicture,
  order: readonly number[],
  across: number,
) {
  const onTheMove = new Set(moving);
  /** Places in the field of the partitions for which it holds. */
  const placesWhere = (holds: (server: number, backup: number, partition: number) => boolean): number[] =>
    [...order.entries()]
      .filter(([, partition]) => holds(servers[partition] ?? -1, backups[partition] ?? -1, partition))
      .map(([place]) => place);
  const path = (tile: Tile, holds: Parameters<typeof placesWhere>[0]): string =>
    tilePath(placesWhere(holds), across, tile);
  return {
    servers: nodes.map((_, index) => path('server', (server) => server === index)),
    backups: nodes.map((_, index) => path('backup', (server, backup) => server >= 0 && backup === index)),
    bare: path('backup', (server, backup) => server >= 0 && backup < 0),
    unserved: path('whole', (server) => server < 0),
    moving: path('whole', (_server, _backup, partition) => onTheMove.has(partition)),
  };
}

function PairTable({ picture }: { picture: ClusterPicture }) {
  const { t } = usePage();
  const { nodes } = picture;
  return (
    <div className="pairs-frame">
      <table className="pairs">
        <caption>{t('pairs.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('pairs.serves')}</th>
            {nodes.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
            <th scope="col">{t('pairs.nowhere')}</th>
          </tr>
        </thead>
        <tbody>
          {pairsOf(picture).map((row, index) => (
            <tr key={nodes[index]?.name}>
              <th scope="row">{nodes[index]?.name}</th>
              {row.map((count, column) => (
                <td key={nodes[column]?.name ?? 'nowhere'}>{count === 0 ? '' : count}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
