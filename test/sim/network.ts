// The network between the nodes: it loses, delays, repeats and reorders, and links can be cut in one
// direction.
import type { SeededRandom } from './random.js';
import type { Scheduler } from './scheduler.js';

/** How the network is for a while; probabilities for each message, times in milliseconds. */
export interface Weather {
  loss: number;
  repeat: number;
  delayMs: number;
  /** Probability that a message takes `slowMs` longer at most: it overtakes nothing, others overtake it. */
  slow: number;
  slowMs: number;
}

export const fairWeather: Weather = { loss: 0, repeat: 0, delayMs: 2, slow: 0, slowMs: 0 };

export interface Network {
  weather: Weather;
  /** Directed links that are cut. */
  cut(from: string, to: string): void;
  mend(from: string, to: string): void;
  mendAll(): void;
  isCut(from: string, to: string): boolean;
  /** From now on each message of this link takes up to so much longer; 0: no longer. */
  delay(from: string, to: string, lateMs: number): void;
  /** Calls `deliver` never, once or twice; before that, and only if so, `leave`, at once. */
  send(from: string, to: string, deliver: (isLast: boolean) => void, leave?: () => void): void;
}

export function createNetwork(scheduler: Scheduler, random: SeededRandom): Network {
  const cuts = new Set<string>();
  const late = new Map<string, number>();
  const linkOf = (from: string, to: string) => `${from}>${to}`;
  const network: Network = {
    weather: fairWeather,
    cut: (from, to) => void cuts.add(linkOf(from, to)),
    mend: (from, to) => void cuts.delete(linkOf(from, to)),
    mendAll: () => {
      cuts.clear();
      late.clear();
    },
    delay: (from, to, lateMs) => void late.set(linkOf(from, to), lateMs),
    isCut: (from, to) => cuts.has(linkOf(from, to)),
    send(from, to, deliver, leave) {
      if (cuts.has(linkOf(from, to))) return;
      const { loss, repeat, delayMs, slow, slowMs } = network.weather;
      const copies = random.chance(repeat) ? 2 : 1;
      let left = 0;
      for (let copy = 0; copy < copies; copy++) {
        if (random.chance(loss)) continue;
        if (left === 0) leave?.();
        left++;
        let inMs = delayMs * (0.5 + random.fraction());
        if (random.chance(slow)) inMs += random.fraction() * slowMs;
        inMs += (late.get(linkOf(from, to)) ?? 0) * random.fraction();
        // A link that is cut while the message is on its way loses it too.
        scheduler.after(inMs, () => {
          left--;
          if (!cuts.has(linkOf(from, to))) deliver(left === 0);
        });
      }
    },
  };
  return network;
}
