/** Answers of the History REST API that come in parts, each of which says where the next one is. */
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { OperationalStore, Row } from '../../../src/stores/index.js';
import { visitOf } from '../stores/sample-rows.js';
import { first, page1, page2, person, tie, visit1, visit2 } from './history-samples.js';

const eventIds = (...ordinals: number[]): string[] => ordinals.map((ordinal) => first[ordinal]!.eventID);

export function longAnswers(parts: () => { application: FastifyInstance; store: OperationalStore }): void {
  describe('a long answer of the history', () => {
    type Answer = Awaited<ReturnType<FastifyInstance['inject']>>;
    const nextOf = ({ headers }: Answer): string | undefined =>
      /^<(.+)>; rel="next"$/.exec(String(headers.link))?.[1];

    async function pagesOf(path: string, key: string): Promise<unknown[][]> {
      const pages: unknown[][] = [];
      for (let next: string | undefined = `/server/data${path}`; next !== undefined;) {
        const response: Answer = await parts().application.inject({ url: next });
        expect(response.statusCode).toBe(200);
        pages.push(response.json<Record<string, unknown>[]>().map((item) => item[key]));
        next = nextOf(response);
      }
      return pages;
    }

    it('goes on where its link leads', async () => {
      expect(await pagesOf(`/visits/${visit1}/events?limit=3`, 'eventId')).toEqual([
        eventIds(0, 1, 2),
        eventIds(3, 4, 5),
        eventIds(6, 7),
      ]);
      expect(await pagesOf(`/visits/${visit1}/events?eventName=Search&limit=1`, 'eventId')).toEqual([
        eventIds(1),
        eventIds(5),
        [],
      ]);
      expect(await pagesOf(`/pages/${page2}/events?limit=4`, 'eventId')).toEqual([eventIds(4, 5, 6, 7)]);
      expect(await pagesOf('/identities/ann@example.com/visits?limit=1', 'visitId')).toEqual([
        [visit2],
        [visit1],
      ]);
      expect((await pagesOf('/identities?limit=1', 'identityId')).flat()).toContain('bob/1');
      const pages = await pagesOf('/identities/ann@example.com/pages?limit=1', 'pageId');
      const [pagesOfVisit2] = await pagesOf(`/visits/${visit2}/pages`, 'pageId');
      expect(pages).toEqual([pagesOfVisit2, [page1, page2]]);
      const sessions = await pagesOf('/identities/carl/sessions?limit=1', 'identityId');
      expect(sessions.flat()).toEqual(['carl']);
      const wrong = await parts().application.inject({
        url: '/server/data/identities/ann@example.com/visits?after=none',
      });
      expect([wrong.statusCode, wrong.json()]).toMatchObject([
        400,
        { field: 'after', message: 'after must be as a Link header says' },
      ]);
    });

    it('reaches every visit of an identity, however many they are', async () => {
      const count = 2_300;
      const ids = Array.from({ length: count }, (_, n) => `M${n}`);
      await parts().store.write([
        person('many', null),
        ...ids.flatMap((visitId, n): Row[] => [
          { entity: 'visit', value: visitOf(visitId) },
          tie(visitId, 'many', 'Recognized', 1_000 * n),
        ]),
      ]);
      const newestFirst = ids.toReversed();
      const visits = await pagesOf('/identities/many/visits', 'visitId');
      expect(visits.map(({ length }) => length)).toEqual([1_000, 1_000, 300]);
      expect(visits.flat()).toEqual(newestFirst);
      const included: unknown[] = [];
      for (
        let next: string | undefined = '/server/data/identities/many?include_visits=true';
        next !== undefined;
      ) {
        const response: Answer = await parts().application.inject({ url: next });
        included.push(...response.json<{ visitIds: string[] }>().visitIds);
        next = nextOf(response);
      }
      expect(included).toEqual(newestFirst);
    });
  });
}
