/** The cluster as it is now: one sentence, the quorum, who serves what, and each node. */
import { useState } from 'react';
import type { ClusterPicture } from '../../../model/index.js';
import { ConfirmDialog, ConnectionBadge } from '../../shared/components/index.js';
import { HttpError } from '../../shared/index.js';
import { totalsOf, verdictOf } from '../model/index.js';
import { usePicture } from '../session/index.js';
import { NodeCard } from './node-card.js';
import { failureText, usePage } from './page-context.js';
import { PartitionField } from './partition-field.js';
import { Quorum } from './quorum.js';

interface BoardProps {
  first: ClusterPicture;
  onLoggedOut: () => void;
}

export function Board({ first, onLoggedOut }: BoardProps) {
  const { api, push, t } = usePage();
  const { picture, connection } = usePicture(api, push, first);
  const [asked, setAsked] = useState<string | null>(null);
  const [failure, setFailure] = useState('');

  const attempt = async (work: Promise<void>) => {
    setFailure('');
    try {
      await work;
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) onLoggedOut();
      else setFailure(failureText(error, t));
    }
  };

  return (
    <main className="board">
      <header className="board-head">
        <h1>{picture.application}</h1>
        <span className="muted">{t('head.epoch', { epoch: picture.epoch, node: picture.drawnBy })}</span>
        <ConnectionBadge state={connection} label={t(`connection.${connection}`)} />
      </header>
      <Verdict picture={picture} />
      <p className="failure" role="alert">
        {failure}
      </p>
      <Alarms picture={picture} />
      <div className="columns">
        <section className="panel">
          <h2>{t('field.title')}</h2>
          <PartitionField picture={picture} />
        </section>
        <section className="panel">
          <h2>{t('nodes.title')}</h2>
          <Quorum picture={picture} />
          <ul className="nodes">
            {picture.nodes.map((node, index) => (
              <NodeCard
                key={node.name}
                node={node}
                index={index}
                picture={picture}
                onDrain={() => setAsked(node.name)}
                onUndrain={() => void attempt(api.undrain(node.name))}
              />
            ))}
          </ul>
        </section>
      </div>
      <ConfirmDialog
        open={asked !== null}
        title={t('drain.title', { node: asked ?? '' })}
        body={t('drain.body')}
        confirmLabel={t('drain.confirm')}
        cancelLabel={t('drain.cancel')}
        onConfirm={() => {
          if (asked !== null) void attempt(api.drain(asked));
        }}
        onClose={() => setAsked(null)}
      />
    </main>
  );
}

function Verdict({ picture }: { picture: ClusterPicture }) {
  const { t } = usePage();
  const { partitions, served, alone, moving, answering } = totalsOf(picture);
  const verdict = verdictOf(picture);
  return (
    <p className="verdict" role="status" data-verdict={verdict} data-testid="verdict">
      {t(`verdict.${verdict}`, {
        partitions,
        count: partitions - served,
        unserved: partitions - served,
        alone,
        moving,
        away: picture.nodes.length - answering,
      })}
    </p>
  );
}

function Alarms({ picture: { nodes } }: { picture: ClusterPicture }) {
  const alarms = nodes.flatMap(({ name, report }) =>
    (report?.alarms ?? []).map((alarm) => ({ key: `${name} ${alarm}`, name, alarm })),
  );
  if (alarms.length === 0) return null;
  return (
    <ul className="alarms" data-testid="alarms">
      {alarms.map(({ key, name, alarm }) => (
        <li key={key}>
          <strong>{name}</strong> {alarm}
        </li>
      ))}
    </ul>
  );
}
