/**
 * Categories (spec/categories.md): labels put on an event because of its URL, title, language or other data.
 */
import Type, { type Static } from 'typebox';

/** Bounds of one category and of all together. */
export const categoryLimits = {
  nameLengthMax: 128,
  expressionLengthMax: 1_024,
  tagsPerCategoryMax: 10_000,
  categoriesMax: 10_000,
  tagsMax: 20_000,
  /** Regular expressions without a text that every match contains; each page is shown to all of them. */
  openExpressionsMax: 100,
  /** What tags see of a data field, in characters. */
  dataTextLengthMax: 1_024,
} as const;

export const CategoryTag = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: categoryLimits.nameLengthMax }),
    type: Type.Union([Type.Literal('text'), Type.Literal('regex')]),
    /**
     * Searched in the page's URL and title: a substring, or a regular expression that need only match a part.
     */
    expression: Type.String({ minLength: 1, maxLength: categoryLimits.expressionLengthMax }),
    caseSensitive: Type.Optional(Type.Boolean()),
    /** A tag without a language matches every page. */
    languageCode: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
    /** Search this field of an event's `data` instead: the tag then matches business events, not pages. */
    dataField: Type.Optional(Type.String({ minLength: 1, maxLength: categoryLimits.nameLengthMax })),
  },
  { additionalProperties: false },
);
export type CategoryTag = Static<typeof CategoryTag>;

/** A name has no `;`, which joins names in an event, and no control characters. */
const name = Type.String({
  minLength: 1,
  maxLength: categoryLimits.nameLengthMax,
  pattern: '^[^;\\u0000-\\u001f\\u007f]+$',
});

export const Category = Type.Object(
  {
    name,
    tags: Type.Array(CategoryTag, { minItems: 1, maxItems: categoryLimits.tagsPerCategoryMax }),
  },
  { additionalProperties: false },
);
export type Category = Static<typeof Category>;
