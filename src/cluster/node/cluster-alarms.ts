/** Alarms of the cluster's machines: raised once, logged, and told to whoever asks for the status. */
import type { Logger } from 'pino';
import type { MemberAlarm } from '../member/index.js';

export interface ClusterAlarms {
  raise(alarm: MemberAlarm, text: string): void;
  clear(alarm: MemberAlarm, text: string): void;
  raised(): string[];
}

export function createClusterAlarms(logger: Logger): ClusterAlarms {
  const texts = new Map<MemberAlarm, string>();
  return {
    raise(alarm, text) {
      if (texts.get(alarm) !== text) logger.warn({ alarm }, text);
      texts.set(alarm, text);
    },
    clear(alarm, text) {
      if (texts.delete(alarm)) logger.info({ alarm }, text);
    },
    raised: () => [...texts].map(([alarm, text]) => `${alarm}: ${text}`),
  };
}
