/** Beside the chat: who the visitor is, where they are, which rule fired, and all that happened. Live. */
import type { ReactNode } from 'react';
import { Button, EmptyState, ErrorState, Icon, Skeleton, useNow } from '../../shared/components/index.js';
import { currentPage, firedRules, knownAs, type OpenedChat, type VisitActivity } from '../model/index.js';
import { Address, Categories } from './visit-parts.js';
import { useVisit } from './use-visit.js';
import { useSession, useWorkspace } from './workspace-context.js';
import { VisitTimeline } from './visit-timeline.js';

interface VisitorPanelProps {
  chat: OpenedChat | undefined;
  onBack: () => void;
}

export function VisitorPanel({ chat, onBack }: VisitorPanelProps) {
  const { t } = useWorkspace();
  return (
    <aside className="visitor" aria-label={t('visitor.region')} data-testid="visitor-panel">
      <div className="pane-head">
        <Button
          weight="quiet"
          className="in-two-panes"
          aria-label={t('visitor.back')}
          onPress={onBack}
          data-testid="back-to-chat"
        >
          <Icon name="back" />
        </Button>
        <h2 className="pane-title">{t('visitor.region')}</h2>
      </div>
      {chat === undefined ? (
        <EmptyState title={t('visitor.none')}>{t('visitor.noneAdvice')}</EmptyState>
      ) : (
        <Visit key={chat.chatId} chat={chat} />
      )}
    </aside>
  );
}

function Visit({ chat }: { chat: OpenedChat }) {
  const { t } = useWorkspace();
  const { activity, error, retry } = useVisit(chat.chatId, chat.opening.visitId);
  if (activity !== undefined) return <VisitBody chat={chat} activity={activity} />;
  if (error === null) return <Skeleton label={t('visitor.loading')} lineCount={6} />;
  return (
    <ErrorState
      title={t('visitor.failed')}
      advice={t('visitor.failedAdvice')}
      request={error.requestId === null ? null : t('error.request', { id: error.requestId })}
      retryLabel={t('error.retry')}
      onRetry={retry}
    />
  );
}

function VisitBody({ chat, activity }: { chat: OpenedChat; activity: VisitActivity }) {
  const { t } = useWorkspace();
  const told = useSession((view) => view.desk.rules[chat.chatId]);
  const rule = firedRules(activity)[0]?.rule ?? told;
  const page = currentPage(activity);
  return (
    <div className="visitor-body" tabIndex={0} role="group" aria-label={t('visitor.region')}>
      <dl className="facts">
        <Identities activity={activity} />
        <Begin activity={activity} />
        <dt>{t('visitor.rule')}</dt>
        <dd data-testid="visitor-rule">{rule ?? <span className="muted">{t('visitor.noRule')}</span>}</dd>
        <dt>{t(page !== undefined && page.endDate > 0 ? 'visitor.lastPage' : 'visitor.currentPage')}</dt>
        <dd data-testid="visitor-page">
          {page === undefined ? (
            <span className="muted">{t('visitor.noPage')}</span>
          ) : (
            <>
              <strong>{page.title || t('visitor.untitled')}</strong>
              <Address url={page.url} />
              <Categories joined={page.category} />
            </>
          )}
        </dd>
      </dl>
      <h3 className="section-title">{t('visitor.activity')}</h3>
      <VisitTimeline activity={activity} />
    </div>
  );
}

function Identities({ activity }: { activity: VisitActivity }) {
  const { t } = useWorkspace();
  const identity = knownAs(activity);
  if (identity === undefined) return <Fact label={t('visitor.region')}>{t('visitor.anonymous')}</Fact>;
  const { name, identityId, visitScope } = identity;
  return (
    <Fact label={t('visitor.region')}>
      <strong data-testid="visitor-identity">{name ?? identityId}</strong>{' '}
      {visitScope !== null && (
        <span className="tag" data-testid="visitor-scope">
          {t(visitScope === 'Authenticated' ? 'visitor.authenticated' : 'visitor.recognized')}
        </span>
      )}
    </Fact>
  );
}

function Begin({ activity }: { activity: VisitActivity }) {
  const { t, formats } = useWorkspace();
  const { startDate, endDate } = activity.visit;
  const now = useNow(endDate === 0 ? 30_000 : null) + useSession((view) => view.clockOffsetMs);
  return (
    <>
      <Fact label={t('visitor.started')}>
        <time dateTime={new Date(startDate).toISOString()} title={formats.exactly(startDate)}>
          {formats.moment(startDate, now)}
        </time>{' '}
        <span className="muted">{t('visitor.since', { duration: formats.duration(now - startDate) })}</span>
      </Fact>
      {endDate > 0 && <Fact label={t('visitor.ended')}>{formats.moment(endDate, now)}</Fact>}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
