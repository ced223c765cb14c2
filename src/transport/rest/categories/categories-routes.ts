/**
 * `/server/api/categories` on the `ui` port: the categories for those who manage them (spec/categories.md).
 * Each change is a new version, no version is lost, and nobody overwrites what he has not read.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { AppError } from '../../../base/index.js';
import { type CategoryMatcher, createCategoryMatcher } from '../../../categories/index.js';
import type { Routing } from '../../../cluster/index.js';
import { Category, categoryLimits, CategoryTag, eventLimits } from '../../../model/index.js';
import type { OperationalStore } from '../../../stores/index.js';
import { refuseForeignPages } from '../foreign-pages.js';
import { type CategorySet, CategoryShelf, type CategoryView } from './shelf.js';

export interface CategoriesRoutesOptions {
  routing: Routing;
  set: CategorySet;
  /** Where the versions are kept. */
  store: Pick<OperationalStore, 'readDocumentHistory' | 'readDocumentVersion'>;
  /** Resolves when what is on its way to the store has been written. */
  drained(): Promise<void>;
  /** Throws UNAUTHENTICATED or FORBIDDEN for whoever may not manage categories. */
  authorize(request: FastifyRequest): void;
}

const strict = { additionalProperties: false };
const version = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const listQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    after: Type.Optional(Type.String({ maxLength: categoryLimits.nameLengthMax })),
  },
  strict,
);
const updateBody = Type.Object(
  {
    name: Type.Optional(Type.String()),
    version: Type.Optional(version),
    tags: Type.Array(CategoryTag, { minItems: 1, maxItems: categoryLimits.tagsPerCategoryMax }),
  },
  strict,
);
const deleteQuery = Type.Object({ version: Type.Optional(version) }, strict);
const historyQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) },
  strict,
);
const rollbackBody = Type.Object({ version }, strict);
const names = Type.Array(Type.String({ maxLength: categoryLimits.nameLengthMax }), {
  maxItems: categoryLimits.categoriesMax,
});
const bulkBody = Type.Object(
  {
    put: Type.Optional(Type.Array(Category, { maxItems: categoryLimits.categoriesMax })),
    delete: Type.Optional(names),
    replace: Type.Optional(Type.Boolean()),
  },
  strict,
);
const matchBody = Type.Object(
  {
    url: Type.Optional(Type.String({ maxLength: eventLimits.urlLengthMax })),
    title: Type.Optional(Type.String({ maxLength: 1_024 })),
    languageCode: Type.Optional(Type.String({ maxLength: eventLimits.languageLengthMax })),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    categories: Type.Optional(Type.Array(Category, { maxItems: 100 })),
  },
  strict,
);

const pageSize = 1_000;
const versionsDefault = 100;

type Named = FastifyRequest<{ Params: { name: string } }>;

export function categoriesRoutes(options: CategoriesRoutesOptions): FastifyPluginCallback {
  const shelf = new CategoryShelf(options.routing, options.set);
  return (application, _options, done) => {
    application.addHook('onRequest', refuseForeignPages);
    application.addHook('onRequest', (request, _reply, next) => {
      options.authorize(request);
      next();
    });
    readingRoutes(application, options, shelf);
    changingRoutes(application, options, shelf);
    done();
  };
}

function readingRoutes(
  application: FastifyInstance,
  options: CategoriesRoutesOptions,
  shelf: CategoryShelf,
): void {
  const { store, drained } = options;

  application.get('/', { schema: { querystring: listQuery } }, (request, reply) => {
    const { limit = pageSize, after = '' } = request.query as Static<typeof listQuery>;
    const page = shelf.list().filter(({ name }) => name > after);
    return reply.send(page.slice(0, limit).map((category) => shelf.viewOf(category)));
  });

  application.get('/:name', (request: Named, reply) =>
    reply.send(shelf.viewOf(shelf.get(request.params.name))),
  );

  application.get('/:name/versions', { schema: { querystring: historyQuery } }, async (request) => {
    const { name } = (request as Named).params;
    const { limit = versionsDefault } = request.query as Static<typeof historyQuery>;
    await drained();
    const history = await store.readDocumentHistory('categories', name, limit);
    if (history.length === 0) throw new AppError('NOT_FOUND', `There was never a category ${name}.`);
    const current = shelf.versionOf(name);
    return history.map(({ version: number, at, value }) => ({
      version: number,
      at,
      kind: value === null ? 'deleted' : 'saved',
      current: number === current,
    }));
  });

  application.get('/:name/versions/:version', async (request) => {
    const { name, version: number } = request.params as { name: string; version: string };
    return keptVersion(options, name, Number(number));
  });

  application.post('/match', { schema: { body: matchBody } }, (request, reply) => {
    const { url = '', title = '', languageCode = '', data, categories } = request.body as never as MatchBody;
    const matcher: CategoryMatcher = createCategoryMatcher(categories ?? shelf.list());
    const ofPage = matcher.match({ url, title, languageCode });
    const ofData = data === undefined ? [] : matcher.matchData({ languageCode, data: data as never });
    return reply.send({ categories: [...new Set([...ofPage, ...ofData])] });
  });
}

type MatchBody = Static<typeof matchBody>;

function changingRoutes(
  application: FastifyInstance,
  options: CategoriesRoutesOptions,
  shelf: CategoryShelf,
): void {
  application.post('/', { schema: { body: Category } }, async (request, reply) => {
    const category = request.body as Category;
    if (shelf.find(category.name) !== undefined) {
      throw new AppError('CONFLICT', `There is a category ${category.name} already.`, { field: 'name' });
    }
    shelf.check({ put: [category], deleted: [] });
    const made = await shelf.write(category.name, category, shelf.versionOf(category.name));
    return reply.status(201).send({ name: category.name, version: made, tags: category.tags });
  });

  application.put('/:name', { schema: { body: updateBody } }, async (request): Promise<CategoryView> => {
    const { name } = (request as Named).params;
    const { version: read, tags, name: given = name } = request.body as Static<typeof updateBody>;
    if (given !== name) {
      const message = 'A category keeps its name: make a new one and delete this.';
      throw new AppError('BAD_REQUEST', message, { field: 'name' });
    }
    shelf.get(name);
    shelf.check({ put: [{ name, tags }], deleted: [] });
    return { name, version: await shelf.write(name, { name, tags }, read), tags };
  });

  application.delete('/:name', { schema: { querystring: deleteQuery } }, async (request) => {
    const { name } = (request as Named).params;
    shelf.get(name);
    const read = (request.query as Static<typeof deleteQuery>).version;
    return { name, version: await shelf.write(name, null, read) };
  });

  application.post('/:name/rollback', { schema: { body: rollbackBody } }, async (request) => {
    const { name } = (request as Named).params;
    const { version: wanted } = request.body as Static<typeof rollbackBody>;
    const { tags } = await keptVersion(options, name, wanted);
    shelf.check({ put: [{ name, tags }], deleted: [] });
    const made = await shelf.write(name, { name, tags });
    return { name, version: made, tags, rolledBackTo: wanted };
  });

  application.post('/bulk', { schema: { body: bulkBody } }, async (request) =>
    change(shelf, request.body as Static<typeof bulkBody>),
  );
}

/** Everything is checked before anything is written; the writes themselves are one version each. */
async function change(shelf: CategoryShelf, body: Static<typeof bulkBody>): Promise<object> {
  const put = body.put ?? [];
  const kept = new Set(put.map(({ name }) => name));
  const others = body.replace === true ? shelf.list().map(({ name }) => name) : [];
  const deleted = [...new Set([...(body.delete ?? []), ...others.filter((name) => !kept.has(name))])];
  for (const name of deleted) shelf.get(name);
  shelf.check({ put, deleted });
  const saved = await Promise.all(
    put.map(async (category) => ({
      name: category.name,
      version: await shelf.write(category.name, category),
    })),
  );
  const gone = await Promise.all(
    deleted.map(async (name) => ({ name, version: await shelf.write(name, null) })),
  );
  return { saved, deleted: gone };
}

/** A kept version with its tags; throws NOT_FOUND, or CONFLICT for a deletion. */
async function keptVersion(
  { store, drained }: CategoriesRoutesOptions,
  name: string,
  number: number,
): Promise<CategoryView & { at: number }> {
  await drained();
  const found = Number.isSafeInteger(number)
    ? await store.readDocumentVersion('categories', name, number)
    : undefined;
  if (found === undefined) {
    throw new AppError('NOT_FOUND', `Category ${name} has no version ${number}.`, { field: 'version' });
  }
  if (found.value === null) {
    const message = `Version ${number} of ${name} is its deletion; it has no tags.`;
    throw new AppError('CONFLICT', message, { field: 'version' });
  }
  const { tags } = JSON.parse(found.value) as Category;
  return { name, version: found.version, at: found.at, tags };
}
