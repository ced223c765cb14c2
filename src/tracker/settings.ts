/** The site's options, and what follows from them. */
import type { GtIds, GtOptions } from './beckon-tracker.js';

export interface Settings extends GtOptions {
  /** Base URL of the server, without a slash at the end. */
  endpoint: string;
  languageCode: string;
}

const scriptSource = (document.currentScript as HTMLScriptElement | null)?.src;
/** A page that admits scripts by nonce lets the chat widget in by the same one. */
export const scriptNonce = (document.currentScript as HTMLScriptElement | null)?.nonce;

/** The server for this page's protocol; where the site names none, the one that the script came from. */
export function settingsOf(options: GtOptions): Settings {
  const { httpEndpoint, httpsEndpoint, languageCode } = options;
  const named =
    location.protocol === 'https:' ? (httpsEndpoint ?? httpEndpoint) : (httpEndpoint ?? httpsEndpoint);
  return {
    ...options,
    endpoint: new URL(named ?? scriptSource ?? '', location.href).origin,
    languageCode: (languageCode ?? document.documentElement.lang).slice(0, 35),
  };
}

/** The options that Genesys Widgets keeps for its web-engagement plug-in. */
export function widgetsOptions(): GtOptions | undefined {
  const { _genesys } = window as { _genesys?: { widgets?: { gwe?: GtOptions } } };
  return _genesys?.widgets?.gwe;
}

export type Ids = GtIds;
