/** The top bar: is the connection up, am I ready, who am I, and the way out. */
import { memo } from 'react';
import { SwitchButton, SwitchField, ToggleButton } from 'react-aria-components';
import { Button, ConnectionBadge, Icon } from '../../shared/components/index.js';
import {
  allowNotifications,
  notificationPermission,
  saveAlertSettings,
  type AlertSettings,
} from './alerts.js';
import { useSession, useWorkspace } from './workspace-context.js';

interface HeaderProps {
  settings: AlertSettings;
  onSettings: (settings: AlertSettings) => void;
}

/** Kept as it is while chats go on: asking the browser about notifications, among others, takes its time. */
export const Header = memo(function Header({ settings, onSettings }: HeaderProps) {
  const { session, t } = useWorkspace();
  const connection = useSession((view) => view.connection);
  const name = useSession((view) => view.desk.agent?.name);
  return (
    <header className="header">
      <h1 className="header-brand">{t('app.name')}</h1>
      <ConnectionBadge state={connection} label={t(`connection.${connection}`)} />
      <span className="header-space" />
      <ReadinessSwitch />
      <AlertToggles settings={settings} onSettings={onSettings} />
      <span className="header-agent">{name}</span>
      <Button
        weight="quiet"
        aria-label={t('header.logout')}
        onPress={() => void session.logout().catch(() => session.refresh())}
        data-testid="logout"
      >
        <Icon name="logout" />
        <span className="header-label" aria-hidden="true">
          {t('header.logout')}
        </span>
      </Button>
    </header>
  );
});

function ReadinessSwitch() {
  const { session, t } = useWorkspace();
  const readiness = useSession((view) => view.desk.agent?.readiness);
  const pending = useSession((view) => view.readinessPending);
  const ready = readiness === 'ready';
  return (
    <SwitchField
      isSelected={ready}
      isReadOnly={pending}
      onChange={(selected) => void session.setReadiness(selected ? 'ready' : 'notReady')}
      aria-label={t('readiness.label')}
    >
      <SwitchButton className="switch" data-testid="readiness-switch" data-readiness={readiness}>
        <span className="switch-track" aria-hidden="true">
          <span className="switch-thumb" />
        </span>
        <span className="switch-text" aria-hidden="true">
          {t(ready ? 'readiness.ready' : 'readiness.notReady')}
        </span>
      </SwitchButton>
    </SwitchField>
  );
}

function AlertToggles({ settings, onSettings }: HeaderProps) {
  const { t } = useWorkspace();
  const change = (next: AlertSettings) => {
    saveAlertSettings(next);
    onSettings(next);
  };
  const changeNotifications = async (wanted: boolean) => {
    change({ ...settings, notifications: wanted && (await allowNotifications()) });
  };
  const denied = notificationPermission() === 'denied';
  const notifications = t(denied ? 'header.notificationsDenied' : 'header.notifications');
  return (
    <>
      <ToggleButton
        className="toggle"
        isSelected={settings.sound}
        onChange={(sound) => change({ ...settings, sound })}
        aria-label={t('header.sound')}
        data-testid="sound-toggle"
      >
        <Icon name={settings.sound ? 'soundOn' : 'soundOff'} />
        <span className="tip" aria-hidden="true">
          {t('header.sound')}
        </span>
      </ToggleButton>
      <ToggleButton
        className="toggle"
        isSelected={settings.notifications}
        isDisabled={denied}
        onChange={(wanted) => void changeNotifications(wanted)}
        aria-label={notifications}
        data-testid="notifications-toggle"
      >
        <Icon name="bell" />
        <span className="tip" aria-hidden="true">
          {notifications}
        </span>
      </ToggleButton>
    </>
  );
}
