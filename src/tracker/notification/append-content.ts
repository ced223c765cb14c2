/**
 * `gpe.appendContent` (spec/engagement.md section 5): fetches HTML of the site or of its server, and appends
 * it.
 */
import { debug } from '../debug.js';

/** Only the page's own origin and the server's may put content into the page. */
export async function appendContent(data: Record<string, unknown>, endpoint: string): Promise<void> {
  const { url, method = 'GET', container = 'body' } = data;
  const source = new URL(String(url), endpoint);
  if (source.origin !== location.origin && source.origin !== endpoint) {
    debug('content of another origin is refused', source.href);
    return;
  }
  const response = await fetch(source, { method: String(method), credentials: 'include' });
  if (!response.ok) throw new Error(`${source.href} answered ${response.status}`);
  document.querySelector(String(container))?.insertAdjacentHTML('beforeend', await response.text());
}
