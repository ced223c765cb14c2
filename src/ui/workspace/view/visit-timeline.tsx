/** Pages and events of a visit, the newest first, a hundred at a time. */
import { memo, useState } from 'react';
import type { EventResource, PageResource } from '../../../model/index.js';
import type { JsonObject, JsonValue } from '../../../base/index.js';
import { Button, EmptyState } from '../../shared/components/index.js';
import { type VisitActivity } from '../model/index.js';
import { Address, Categories } from './visit-parts.js';
import { useWorkspace, type WorkspaceTools } from './workspace-context.js';

const shownAtOnce = 100;

export function VisitTimeline({ activity }: { activity: VisitActivity }) {
  const { t } = useWorkspace();
  const [shownCount, setShownCount] = useState(shownAtOnce);
  const { events, pages } = activity;
  if (events.length === 0) {
    return <EmptyState title={t('visitor.activity')}>{t('visitor.noActivity')}</EmptyState>;
  }
  const pageOf = new Map(pages.map((page) => [page.pageId, page]));
  const hiddenCount = Math.max(0, events.length - shownCount);
  return (
    <>
      <ol className="timeline">
        {events
          .slice(hiddenCount)
          .reverse()
          .map((event) => (
            <TimelineEvent key={event.eventId} event={event} page={pageOf.get(event.pageId)} />
          ))}
      </ol>
      {hiddenCount > 0 && (
        <Button onPress={() => setShownCount(shownCount + shownAtOnce)}>
          {t('visitor.earlier', { count: Math.min(hiddenCount, shownAtOnce) })}
        </Button>
      )}
    </>
  );
}

interface TimelineEventProps {
  event: EventResource;
  page: PageResource | undefined;
}

const TimelineEvent = memo(function TimelineEvent({ event, page }: TimelineEventProps) {
  const { t, formats } = useWorkspace();
  const { timestamp, eventType, eventName, data } = event;
  return (
    <li className="event" data-testid="visitor-event" data-type={eventType} data-name={eventName}>
      <time dateTime={new Date(timestamp).toISOString()} title={formats.exactly(timestamp)}>
        {formats.moment(timestamp, Date.now())}
      </time>
      <div className="event-body">
        <p className="event-name">{nameOf(event, page, t)}</p>
        {eventName === 'PageEntered' && <Address url={event.url} />}
        {eventType !== 'ACTIONABLE' && eventName !== 'PageExited' && <Categories joined={event.category} />}
        <EventData data={data} />
      </div>
    </li>
  );
});

function nameOf(event: EventResource, page: PageResource | undefined, t: WorkspaceTools['t']): string {
  if (event.eventType === 'ACTIONABLE') return t('visitor.ruleFired', { rule: event.eventName });
  if (event.eventType === 'BUSINESS') return event.eventName;
  const title = page === undefined || page.title === '' ? t('visitor.untitled') : page.title;
  switch (event.eventName) {
    case 'VisitStarted':
      return t('visitor.visitStarted');
    case 'PageEntered':
      return t('visitor.entered', { page: title });
    case 'PageExited':
      return t('visitor.exited', { page: title });
    case 'SignIn':
      return t('visitor.signIn');
    case 'SignOut':
      return t('visitor.signOut');
    case 'UserInfo':
      return t('visitor.userInfo');
    default:
      return event.eventName;
  }
}

function EventData({ data }: { data: JsonObject }) {
  const { t } = useWorkspace();
  const fields = Object.entries(data).filter(([, value]) => value !== '' && value !== null);
  if (fields.length === 0) return null;
  return (
    <dl className="event-data" aria-label={t('visitor.data')}>
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
