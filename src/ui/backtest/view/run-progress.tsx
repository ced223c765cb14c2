/** How far the replay has come. */
import { Label, ProgressBar } from 'react-aria-components';
import type { BacktestProgress } from '../../../model/index.js';
import { usePage } from './page-context.js';

export function RunProgress({ progress }: { progress: BacktestProgress | null }) {
  const { t } = usePage();
  const { visits = 0, visitsTotal = 0, firings = 0 } = progress ?? {};
  const percent = visitsTotal === 0 ? 0 : (visits / visitsTotal) * 100;
  const said = t('progress.value', { visits, total: visitsTotal, firings });
  return (
    <ProgressBar className="progress" value={percent} valueLabel={said} data-testid="progress">
      <Label>{t('progress.label')}</Label>
      <progress max={100} value={percent} aria-hidden="true" />
      <span>{said}</span>
    </ProgressBar>
  );
}
