/** Categories (spec/categories.md): labels put on an event because of its URL, title or language. */
import Type, { type Static } from 'typebox';

export const CategoryTag = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    type: Type.Union([Type.Literal('text'), Type.Literal('regex')]),
    /**
     * Searched in the page's URL and title: a substring, or a regular expression that need only match a part.
     */
    expression: Type.String({ minLength: 1, maxLength: 1_024 }),
    caseSensitive: Type.Optional(Type.Boolean()),
    /** A tag without a language matches every page. */
    languageCode: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
  },
  { additionalProperties: false },
);
export type CategoryTag = Static<typeof CategoryTag>;

export const Category = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128, pattern: '^[^;]+$' }),
    tags: Type.Array(CategoryTag, { minItems: 1, maxItems: 10_000 }),
  },
  { additionalProperties: false },
);
export type Category = Static<typeof Category>;
