/**
 * Signals beyond the page: sound and browser notifications. Where the browser lacks or forbids one, there is
 * silence.
 */

const soundKey = 'beckon.workspace.sound';
const notificationsKey = 'beckon.workspace.notifications';

export interface AlertSettings {
  sound: boolean;
  notifications: boolean;
}

export function readAlertSettings(): AlertSettings {
  return {
    sound: read(soundKey),
    notifications: read(notificationsKey) && notificationPermission() === 'granted',
  };
}

export function saveAlertSettings({ sound, notifications }: AlertSettings): void {
  try {
    localStorage.setItem(soundKey, sound ? 'on' : 'off');
    localStorage.setItem(notificationsKey, notifications ? 'on' : 'off');
  } catch {
    // Without storage the choice lasts as long as the page.
    return;
  }
}

function read(key: string): boolean {
  try {
    return localStorage.getItem(key) === 'on';
  } catch {
    return false;
  }
}

export function notificationPermission(): NotificationPermission {
  return 'Notification' in window ? Notification.permission : 'denied';
}

/** Asks the browser, which asks the agent; must be called from a press. */
export async function allowNotifications(): Promise<boolean> {
  if (notificationPermission() !== 'default') return notificationPermission() === 'granted';
  return (await Notification.requestPermission().catch(() => 'denied')) === 'granted';
}

const shown = new Map<string, Notification>();

/** Shows one notification per `tag`; a press brings this page to the front and calls `pressed`. */
export function notify(tag: string, title: string, body: string, pressed: () => void): void {
  if (notificationPermission() !== 'granted') return;
  withdraw(tag);
  try {
    const notification = new Notification(title, { body, tag });
    notification.onclick = () => {
      window.focus();
      notification.close();
      pressed();
    };
    shown.set(tag, notification);
  } catch {
    // Some mobile browsers have the name but not the constructor.
    return;
  }
}

export function withdraw(tag: string): void {
  shown.get(tag)?.close();
  shown.delete(tag);
}

let audio: AudioContext | null = null;

/** Two short soft tones for an offer, one for a message, made here so that no sound file is needed. */
export function playTone(kind: 'offer' | 'message'): void {
  try {
    const context = (audio ??= new AudioContext());
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    const tones = kind === 'offer' ? [659, 880] : [587];
    tones.forEach((frequencyHz, index) => tone(context, frequencyHz, index * 0.18));
  } catch {
    return;
  }
}

function tone(context: AudioContext, frequencyHz: number, afterSeconds: number): void {
  const start = context.currentTime + afterSeconds;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequencyHz;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.15, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.32);
}
