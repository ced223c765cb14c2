/** Pieces that the visitor's facts and the timeline share. */
import { categoriesOf, safeHref } from '../model/index.js';
import { useWorkspace } from './workspace-context.js';

/** An address as the visitor's browser told it: a link only when it is a web address. */
export function Address({ url }: { url: string }) {
  const href = safeHref(url);
  if (href === null) return <span className="address">{url}</span>;
  return (
    <a className="address" href={href} target="_blank" rel="noopener noreferrer nofollow">
      {url}
    </a>
  );
}

export function Categories({ joined }: { joined: string }) {
  const { t } = useWorkspace();
  const names = categoriesOf(joined);
  if (names.length === 0) return null;
  return (
    <ul className="tags" aria-label={t('visitor.categories')}>
      {names.map((name) => (
        <li className="tag" key={name}>
          {name}
        </li>
      ))}
    </ul>
  );
}
