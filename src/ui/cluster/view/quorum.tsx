/** How many nodes answer and how many must: a dot for each, and the line that must be reached. */
import type { ClusterPicture } from '../../../model/index.js';
import { stateOf } from '../model/index.js';
import { usePage } from './page-context.js';

export function Quorum({ picture }: { picture: ClusterPicture }) {
  const { t } = usePage();
  const { nodes, majority, configured } = picture;
  const answering = nodes.filter((node) => stateOf(node) !== 'away').length;
  const width = nodes.length * 24;
  const text = t('quorum.text', { answering, configured, majority });
  return (
    <p className="quorum">
      <svg viewBox={`0 0 ${width} 24`} width={width} height="24" role="img" aria-label={text}>
        {nodes.map(({ name }, index) => (
          <circle
            key={name}
            cx={12 + index * 24}
            cy="12"
            r="8"
            className={index < answering ? 'quorum-here' : 'quorum-away'}
          />
        ))}
        {majority < nodes.length && (
          <line x1={majority * 24} x2={majority * 24} y1="0" y2="24" className="quorum-line" />
        )}
      </svg>
      <span aria-hidden="true">{text}</span>
    </p>
  );
}
