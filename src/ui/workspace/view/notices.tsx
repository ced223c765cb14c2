/** What the agent must know now: why the server made them not ready, and which request failed. */
import { Button, Icon } from '../../shared/components/index.js';
import { useSessionView, useWorkspace } from './workspace-context.js';

export function Notices() {
  const { session, t } = useWorkspace();
  const { desk, notice } = useSessionView();
  const request = notice?.requestId ?? null;
  return (
    <div className="notices" role="alert">
      {desk.agent?.notReadyReason === 'ringNoAnswer' && (
        <p className="notice" data-testid="not-ready-reason">
          {t('readiness.ringNoAnswer')}
        </p>
      )}
      {notice !== null && (
        <p className="notice notice-wrong" data-testid="notice">
          <span>
            {t(`notice.${notice.kind}`)}
            {request !== null && ` (${t('error.request', { id: request })})`}
          </span>
          <Button weight="quiet" aria-label={t('notice.dismiss')} onPress={() => session.dismissNotice()}>
            <Icon name="close" />
          </Button>
        </p>
      )}
    </div>
  );
}
