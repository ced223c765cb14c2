/** One node: what it is doing, its lease, what it serves and holds, and how far its drain is. */
import { useEffect, useState } from 'react';
import type { ClusterNodePicture, ClusterNodeReport, ClusterPicture } from '../../../model/index.js';
import { Button } from '../../shared/components/index.js';
import { drainProgress, type NodeState, stateOf } from '../model/index.js';
import { colourOf } from './colours.js';
import { usePage } from './page-context.js';

interface NodeCardProps {
  node: ClusterNodePicture;
  index: number;
  picture: ClusterPicture;
  onDrain: () => void;
  onUndrain: () => void;
}

export function NodeCard({ node, index, picture, onDrain, onUndrain }: NodeCardProps) {
  const { t } = usePage();
  const state = stateOf(node);
  const { report } = node;
  return (
    <li className="node" data-state={state} data-testid={`node-${node.name}`}>
      <div className="node-head">
        <svg className="swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
          <rect width="12" height="12" rx="3" fill={colourOf(index)} />
        </svg>
        <h3>{node.name}</h3>
        <span className="muted">{node.host}</span>
        <span className="node-state">{t(`state.${state}`)}</span>
      </div>
      {report === null ? (
        <p className="muted">{node.failure}</p>
      ) : (
        <Report report={report} state={state} picture={picture} />
      )}
      {node.isMember && (
        <Button
          onPress={node.isDraining ? onUndrain : onDrain}
          data-testid={`${node.isDraining ? 'undrain' : 'drain'}-${node.name}`}
        >
          {t(node.isDraining ? 'node.undrain' : 'node.drain')}
        </Button>
      )}
    </li>
  );
}

interface ReportProps {
  report: ClusterNodeReport;
  state: NodeState;
  picture: ClusterPicture;
}

function Report({ report, state, picture }: ReportProps) {
  const { t } = usePage();
  return (
    <>
      {report.notServing !== '' && <p className="wrong">{report.notServing}</p>}
      <Meter
        label={t('node.lease')}
        share={picture.leaseMs === 0 ? 0 : report.leaseLeftMs / picture.leaseMs}
        value={t('node.ms', { ms: report.leaseLeftMs })}
      />
      <Meter
        label={t('node.served')}
        share={share(report.served, picture)}
        value={t('node.servedValue', { served: report.served, backed: report.backed })}
      />
      <Meter
        label={t('node.copies')}
        share={share(report.copies, picture)}
        value={t('node.count', { count: report.copies })}
      />
      {(state === 'draining' || state === 'drained') && (
        <Drain served={report.served} copies={report.copies} />
      )}
      <dl className="node-facts">
        <Fact
          label={t('node.alone')}
          value={report.alone}
          isWrong={picture.configured > 1 && report.alone > 0}
        />
        <Fact label={t('node.moving')} value={report.moving} />
        <Fact
          label={t('node.log')}
          value={t('node.kilobytes', { kb: Math.round(report.logBytes / 1_000) })}
        />
      </dl>
    </>
  );
}

function share(count: number, { servers }: ClusterPicture): number {
  return servers.length === 0 ? 0 : count / servers.length;
}

function Meter({ label, share: part, value }: { label: string; share: number; value: string }) {
  const width = Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <div className="meter">
      <span className="meter-label">{label}</span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" rx="1" className="meter-track" />
        <rect width={width} height="6" rx="1" className="meter-bar" />
      </svg>
      <span className="meter-value">{value}</span>
    </div>
  );
}

/** How much has gone of what there was when the page first saw the drain. */
function Drain({ served, copies }: { served: number; copies: number }) {
  const { t } = usePage();
  const left = served + copies;
  const [most, setMost] = useState(left);
  useEffect(() => setMost((before) => Math.max(before, left)), [left]);
  const done = drainProgress(left, most);
  return (
    <Meter
      label={t('node.drained')}
      share={done}
      value={
        left === 0
          ? t('node.drainDone')
          : served === 0
            ? t('node.drainCopies')
            : t('node.percent', { percent: Math.round(done * 100) })
      }
    />
  );
}

function Fact({
  label,
  value,
  isWrong = false,
}: {
  label: string;
  value: number | string;
  isWrong?: boolean;
}) {
  const { region } = usePage();
  const text = typeof value === 'number' ? new Intl.NumberFormat(region).format(value) : value;
  return (
    <div>
      <dt>{label}</dt>
      <dd className={isWrong ? 'wrong' : ''}>{text}</dd>
    </div>
  );
}
