/**
 * Which rule packages an event concerns when packages follow domains (`cep/domainSeparation`): a package is
 * named by its domain reversed, and sees what happens there and on every sub-domain.
 */

/**
 * scheme://[user@]host[:port] at the start of an address; an IPv6 host, which no package can name, does not
 * fit.
 */
const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#:@[\]]+)(?::[0-9]*)?(?:[/?#]|$)/i;

/**
 * The package that the domain of `url` would have: `https://blog.example.com/x` gives `com.example.blog`.
 * What a package name cannot hold is written as Java's convention has it: `my-shop.com` is `com.my_shop`,
 * `3d.com` is `com._3d`. Undefined for an address without a domain.
 */
export function packageOfUrl(url: string): string | undefined {
  const host = authority.exec(url)?.[1]?.toLowerCase().replace(/\.$/, '');
  if (host === undefined || host === '' || host.split('.').includes('')) return undefined;
  return host.split('.').reverse().map(packagePart).join('.');
}

function packagePart(label: string): string {
  const part = label.replaceAll('-', '_');
  return /^[0-9]/.test(part) ? `_${part}` : part;
}

/** Whether the package `name` sees events of `url`: its domain is the address's own or a parent of it. */
export function packageSees(name: string, url: string): boolean {
  const own = packageOfUrl(url);
  const wanted = name.toLowerCase();
  return own !== undefined && (own === wanted || own.startsWith(`${wanted}.`));
}
