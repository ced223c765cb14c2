import { describe, expect, it } from 'vitest';
import { createFormats } from '../../../src/ui/shared/formats.js';
import { chooseLanguage, createTranslate, type LocaleTable } from '../../../src/ui/shared/locale.js';
import de from '../../../src/ui/workspace/locales/de.json' with { type: 'json' };
import en from '../../../src/ui/workspace/locales/en.json' with { type: 'json' };

/** The places of every form of a text, so that no language forgets one. */
function placesOf(table: LocaleTable): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(table).map(([key, text]) => {
      const forms = typeof text === 'string' ? [text] : [text.one, text.other];
      const places = forms.map((form) =>
        [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort(),
      );
      return [key, [...new Set(places.map((names) => names.join()))]];
    }),
  );
}

describe('the workspace’s languages', () => {
  it('say the same things with the same places', () => {
    expect(placesOf(de)).toEqual(placesOf(en));
  });

  it('are chosen by the reader’s order, English when none fits', () => {
    expect(chooseLanguage(['fr-FR', 'de-AT', 'en'], ['en', 'de'])).toBe('de');
    expect(chooseLanguage(['fr'], ['en', 'de'])).toBe('en');
    expect(chooseLanguage([], ['en', 'de'])).toBe('en');
  });

  it('fill places, numbers and plurals', () => {
    const t = createTranslate(en, 'en');
    expect(t('chats.unread', { count: 1 })).toBe('1 unread message');
    expect(t('composer.left', { count: 4_000 })).toBe('4,000 characters left');
    expect(createTranslate(de, 'de')('composer.left', { count: 4_000 })).toBe('noch 4.000 Zeichen');
    expect(t('offers.announce', { rule: '{count}' })).toBe('A chat is ringing: {count}');
  });
});

describe('formats', () => {
  const formats = createFormats('en-GB', 'UTC');
  const noon = Date.UTC(2024, 4, 1, 12, 5);

  it('give the time of today, and the date of another day', () => {
    expect(formats.moment(noon, noon + 60_000)).toBe('12:05');
    expect(formats.moment(noon, noon + 86_400_000)).toContain('1 May 2024');
    expect(formats.exactly(noon)).toContain('12:05:00');
  });

  it('give lengths of time in their two largest units', () => {
    expect(formats.duration(42_900)).toMatch(/^42 secs?$/);
    expect(formats.duration(125_000)).toMatch(/^2 mins? 5 secs?$/);
    expect(formats.duration(25 * 60_000 + 1_000)).toMatch(/^25 mins?$/);
    expect(formats.duration(2 * 3_600_000 + 5 * 60_000)).toMatch(/^2 \S+ 5 \S+$/);
    expect(formats.duration(-5)).toMatch(/^0 secs?$/);
  });

  it('count down to zero in whole seconds', () => {
    expect(formats.seconds(100)).toMatch(/^1 secs?$/);
    expect(formats.seconds(-100)).toMatch(/^0 secs?$/);
  });
});
