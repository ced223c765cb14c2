import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentMask, jsonPath, type MaskTest } from '../../../../src/transport/search-gateway/index.js';

const passwords: MaskTest = (path) => path.length === 1 && /password/i.test(String(path[0]));

function masked(input: string, test: MaskTest = passwords, cuts: readonly number[] = [], isDocument = false) {
  const bytes = Buffer.from(input);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const place of [...places, bytes.length]) {
    pieces.push(bytes.subarray(from, place));
    from = place;
  }
  const stream = Readable.from(pieces.filter(({ length }) => length > 0));
  return text(stream.pipe(new DocumentMask({ test, isDocument })));
}

describe('the mask of documents', () => {
  it('puts the same five asterisks in place of any value, and leaves every other byte alone', async () => {
    const values = [
      '"a \\" } b"',
      '12.5e3',
      'true',
      'null',
      '{"x":[1,"]"]}',
      '[{"a":{}},[]]',
      '""',
      '[]',
      '{}',
    ];
    for (const value of values) {
      const answer = (inside: string): string =>
        '{ "took":1,\n"hits":{"hits":[{"_index":"i","_source" : ' +
        `{"user":"jh", "password" : ${inside} ,"z":[1]}}]} }\n`;
      expect(await masked(answer(value))).toBe(answer('"*****"'));
    }
  });

  it('masks at the top of documents alone', async () => {
    const answer =
      '{"password":"outside","hits":{"hits":[' +
      '{"_index":"i","_source":{"a":{"password":1},"b":[{"password":2}]}},' +
      '{"_index":"i","_source":{"MyPassword":{"_source":{"password":3}}}}]},"aggregations":{"password":4}}';
    const found = JSON.parse(await masked(answer)) as { hits: { hits: { _source: object }[] } };
    expect(found).toMatchObject({ password: 'outside', aggregations: { password: 4 } });
    expect(found.hits.hits.map(({ _source }) => _source)).toEqual([
      { a: { password: 1 }, b: [{ password: 2 }] },
      { MyPassword: '*****' },
    ]);
  });

  it('sees through escapes in a key, and through `fields` and `highlight` of a hit', async () => {
    const hit =
      String.raw`{"_index":"i","_source":{"p\u0061ssword":1},` +
      '"fields":{"password.x":["s"],"a":[1]},"highlight":{"password":["s"]}}';
    expect(
      JSON.parse(await masked(`{"hits":{"hits":[${hit}]},"fields":{"password":{"keyword":{}}}}`)),
    ).toEqual({
      hits: {
        hits: [
          {
            _index: 'i',
            _source: { password: '*****' },
            fields: { 'password.x': '*****', a: [1] },
            highlight: { password: '*****' },
          },
        ],
      },
      fields: { password: { keyword: {} } },
    });
  });

  it('masks a key too long to be read, and an answer that is a document', async () => {
    const key = 'k'.repeat(70_000);
    expect(JSON.parse(await masked(`{"_source":{"${key}":1,"a":2}}`))).toEqual({
      _source: { [key]: '*****', a: 2 },
    });
    expect(await masked('{"password":{"a":1},"b":2}', passwords, [], true)).toBe(
      '{"password":"*****","b":2}',
    );
  });

  it('refuses what nests too deep to be followed', async () => {
    await expect(masked('['.repeat(3_000))).rejects.toThrow('too deep');
  });

  it('does the same however the answer is cut, and as a mask over the parsed answer does', async () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const documents = fc.array(
      fc.dictionary(fc.constantFrom('password', 'Password2', 'a', '', '_source', 'b"\\'), json, {
        noNullPrototype: true,
      }),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.array(fc.nat(), { maxLength: 30 }),
        fc.nat(3),
        async (all, cuts, indent) => {
          const answer = (list: readonly object[]) => ({
            hits: { hits: list.map((_source) => ({ _index: 'i', _source })) },
          });
          const wanted = all.map((document) =>
            Object.fromEntries(
              Object.entries(document).map(([key, value]) => [key, passwords([key]) ? '*****' : value]),
            ),
          );
          const said = await masked(JSON.stringify(answer(all), null, indent), passwords, cuts);
          expect(JSON.parse(said)).toEqual(JSON.parse(JSON.stringify(answer(wanted))));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a JSON path', () => {
  const answer = {
    _source: { user: { name: 'n', cards: [{ pin: 1, no: 2 }, { pin: 3 }] }, pin: 4, 'a b': 5 },
  };
  const after = async (path: string) => {
    const test = jsonPath(path);
    if (test === undefined) return undefined;
    return (JSON.parse(await masked(JSON.stringify(answer), test)) as typeof answer)._source;
  };
  const hidden = '*****';
  const { user } = answer._source;

  it('masks what it names, wherever it is', async () => {
    expect(await after('$.user.name')).toMatchObject({ user: { ...user, name: hidden }, pin: 4 });
    expect(await after('$.user')).toMatchObject({ user: hidden });
    expect(await after('user.cards[1].pin')).toMatchObject({
      user: { cards: [{ pin: 1 }, { pin: hidden }] },
    });
    expect(await after('$.user.cards[*].pin')).toMatchObject({
      user: { cards: [{ pin: hidden, no: 2 }, { pin: hidden }] },
    });
    expect(await after('$..pin')).toMatchObject({
      user: { cards: [{ pin: hidden }, { pin: hidden }] },
      pin: hidden,
    });
    expect(await after("$['a b']")).toMatchObject({ 'a b': hidden, pin: 4 });
    expect(await after('$.*')).toEqual({ user: hidden, pin: hidden, 'a b': hidden });
    expect(await after('$.nothing')).toEqual(answer._source);
  });

  it('is refused when it has another form', async () => {
    for (const path of ['', '$', '$.', '$.a[', '$.a[?(@.b)]', '$.a[1:2]', '$a', '$.a..', 'a b']) {
      expect(await after(path)).toBeUndefined();
    }
  });
});
