/** A browser that was away is given exactly what it missed, in order, even by a node that died meanwhile. */
import { expect, it } from 'vitest';
import { startLab, type Lab } from '../../support/lab-process.js';
import { type NotificationPage, openNotificationPage } from '../../support/notification-page.js';
import { until } from '../../support/until.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

const openPage = (lab: Lab, visitID: string, replay: object): Promise<NotificationPage> =>
  openNotificationPage(lab.server, visitID, replay);

/** The texts of the site's messages. */
const textsOf = ({ messages }: NotificationPage): unknown[] => messages.map(({ data }) => data);

async function notify(visitor: VisitorClient, text: string): Promise<void> {
  const path = `/server/data/notification/notify/${visitor.visitID}`;
  const { status } = await visitor.post(path, [{ page: null, channel: 'site.news', data: text }]);
  expect(status).toBe(200);
}

it('gives a browser exactly what it missed, across kill -9', async () => {
  let lab = await startLab();
  try {
    const visitor = await openVisit(lab.server);
    let page = await openPage(lab, visitor.visitID, {});
    await until(() => page.place !== undefined, 'the first place');
    expect(page.delivered).toEqual([{ data: [], place: { epoch: '', offset: 0 } }]);
    await notify(visitor, 'one');
    await notify(visitor, 'two');
    await until(() => textsOf(page).length === 2, 'both');
    const place = page.place;
    page.client.close();
    await notify(visitor, 'three');
    await notify(visitor, 'four');
    await lab.end('SIGKILL');
    lab = await lab.restart();
    await notify(visitor, 'five');

    page = await openPage(lab, visitor.visitID, place ?? {});
    await until(() => textsOf(page).length >= 3, 'what was missed');
    await notify(visitor, 'six');
    await until(() => textsOf(page).length >= 4, 'what is new');
    expect(textsOf(page)).toEqual(['three', 'four', 'five', 'six']);
    page.client.close();

    // A browser that missed nothing is told nothing; one of another life is told where things stand.
    const seenAll = await openPage(lab, visitor.visitID, page.place ?? {});
    const stranger = await openPage(lab, visitor.visitID, { epoch: 'another', offset: 9 });
    await until(() => stranger.place !== undefined, 'the place');
    expect(stranger.delivered).toEqual([{ data: [], place: page.place }]);
    await notify(visitor, 'seven');
    await until(() => textsOf(seenAll).length === 1 && textsOf(stranger).length === 1, 'the last one');
    expect([textsOf(seenAll), textsOf(stranger)]).toEqual([['seven'], ['seven']]);
    for (const { client } of [seenAll, stranger]) client.close();
  } finally {
    await lab.remove();
  }
});
