/**
 * Line icons of 20 px, drawn here so that no page loads a font or asks another host. Always beside a text or
 * label.
 */

const paths = {
  back: 'M12.5 4.5 7 10l5.5 5.5',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13L5 14Zm3.5 3.5h3',
  close: 'm5 5 10 10M15 5 5 15',
  logout: 'M12 4H5v12h7M9 10h8m-3-3 3 3-3 3',
  person: 'M10 10a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5Zm-6.5 7c.7-3.2 3.2-5 6.5-5s5.8 1.8 6.5 5',
  soundOff: 'M3.5 8v4h3L10.5 15.5v-11L6.5 8h-3Zm10 0 4 4m0-4-4 4',
  soundOn: 'M3.5 8v4h3L10.5 15.5v-11L6.5 8h-3Zm10-.5a3.5 3.5 0 0 1 0 5m2-7a6.5 6.5 0 0 1 0 9',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
