export { createFormats, type Formats } from './formats.js';
export { createHttp, HttpError, type Http, type HttpAnswer } from './http.js';
export {
  chooseLanguage,
  createTranslate,
  type LocaleTable,
  type LocaleText,
  type Translate,
} from './locale.js';
export { createPushClient } from './cometd-push.js';
export type { ChannelListener, ConnectionState, PushClient, PushListener } from './push.js';
