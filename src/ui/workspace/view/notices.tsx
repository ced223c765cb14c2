/** What the agent must know now: why the server made them not ready, and which request failed. */
import { Button, Icon } from '../../shared/components/index.js';
import { useSession, useWorkspace } from './workspace-context.js';

export function Notices() {
  const { session, t } = useWorkspace();
  const reason = useSession((view) => view.desk.agent?.notReadyReason);
  const notice = useSession((view) => view.notice);
  const request = notice?.requestId ?? null;
  return (
    <div className="notices" role="alert">
      {reason === 'ringNoAnswer' && (
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
