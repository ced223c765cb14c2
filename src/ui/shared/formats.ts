/** Dates and lengths of time as the reader's locale writes them. */

export interface Formats {
  /** The time of day; with the date when it is not of the day of `now`. Both epoch milliseconds. */
  moment(at: number, now: number): string;
  /** Date and time to the second, for a tooltip or a reader that wants it all. */
  exactly(at: number): string;
  /** A length of time in its two largest units of hours, minutes and seconds. */
  duration(lengthMs: number): string;
  /** Whole seconds, for a countdown. */
  seconds(lengthMs: number): string;
}

/** `locale` is the reader's own tag with its region; `timeZone` is the browser's unless given. */
export function createFormats(locale: string, timeZone?: string): Formats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'short', ...zone });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', ...zone });
  const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium', ...zone });
  const unit = (name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
  const [hours, minutes, seconds] = [unit('hour'), unit('minute'), unit('second')];
  return {
    moment: (at, now) => (day.format(at) === day.format(now) ? time : dayAndTime).format(at),
    exactly: (at) => exact.format(at),
    duration: (lengthMs) => {
      const whole = Math.max(0, Math.floor(lengthMs / 1_000));
      const [h, m, s] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
      if (h > 0) return m > 0 ? `${hours.format(h)} ${minutes.format(m)}` : hours.format(h);
      if (m > 0) return s > 0 && m < 10 ? `${minutes.format(m)} ${seconds.format(s)}` : minutes.format(m);
      return seconds.format(s);
    },
    seconds: (lengthMs) => seconds.format(Math.max(0, Math.ceil(lengthMs / 1_000))),
  };
}
