/**
 * Texts of a page in the reader's language: a table of messages, `{name}` places in them, and plural forms by
 * Intl.
 */

/** A text, or its plural forms chosen by the parameter `count`. */
export type LocaleText = string | { readonly one: string; readonly other: string };
export type LocaleTable = Readonly<Record<string, LocaleText>>;

export type Translate<Key extends string> = (
  key: Key,
  places?: Readonly<Record<string, string | number>>,
) => string;

/**
 * The first of the reader's languages that the page speaks, by its primary tag; else the first one of
 * `offered`.
 */
export function chooseLanguage<Language extends string>(
  wanted: readonly string[],
  offered: readonly [Language, ...Language[]],
): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = offered.find((language) => language === primary);
    if (found !== undefined) return found;
  }
  return offered[0];
}

export function createTranslate<Key extends string>(
  table: Readonly<Record<Key, LocaleText>>,
  language: string,
): Translate<Key> {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key, places = {}) => {
    const text = table[key];
    const form = typeof text === 'string' ? text : text[pluralOf(plurals, places.count)];
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const place = places[name];
      return typeof place === 'number' ? numbers.format(place) : (place ?? whole);
    });
  };
}

function pluralOf(plurals: Intl.PluralRules, count: string | number | undefined): 'one' | 'other' {
  return typeof count === 'number' && plurals.select(count) === 'one' ? 'one' : 'other';
}
