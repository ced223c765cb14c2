/**
 * The bundle `recorder.min.js`, for the site's developers: loaded by `_gt.push(['recorder'])`, it stays
 * with the tab until it is closed.
 */
import { Recorder, type RecorderHost } from './panel.js';

function open(host: RecorderHost, rest: (isResting: boolean) => void): void {
  if (document.getElementById('beckon-recorder') === null) new Recorder(host, rest);
}

(window as unknown as { _gt?: { push(command: unknown): void } })._gt?.push(['recorderHost', open]);
