/**
 * A visitor in a thread of its own, so that the fuzzer's work does not count as waiting: sends an event every
 * few milliseconds and minds how long it takes. A message names the block of inputs that goes on beside;
 * `over` asks for the times of all blocks.
 */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

const pauseMs = 10;
const times = {};
let failed = 0;
let beside = 'none';

function event() {
  return {
    eventType: 'BUSINESS',
    eventName: 'Walk',
    eventID: randomBytes(16).toString('hex').toUpperCase(),
    pageID: 'P',
    visitID: 'NEIGHBOUR',
    globalVisitID: 'NEIGHBOUR',
    timestamp: Date.now(),
    url: 'http://shop.example/',
    data: {},
  };
}

function isTaken(sent) {
  return fetch(`http://127.0.0.1:${workerData.port}/server/data/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([sent]),
    signal: AbortSignal.timeout(10_000),
  })
    .then(async (answer) => answer.status === 200 && (await answer.json()).accepted.length === 1)
    .catch(() => false);
}

async function send() {
  const startedMs = performance.now();
  const during = beside;
  const sent = event();
  // As a tracker does, he sends again what was not acknowledged.
  if (!(await isTaken(sent)) && !(await isTaken(sent))) failed += 1;
  // What began beside one block and ended beside another says nothing of either.
  if (during === beside) (times[beside] ??= []).push(performance.now() - startedMs);
}

parentPort.on('message', (message) => (beside = message));
while (beside !== 'over') {
  await send();
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
parentPort.postMessage({ times, failed });
