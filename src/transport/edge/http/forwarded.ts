/** `X-Forwarded-For` as a list; how far it is believed is the gate's matter. */

const lawfulAddress = /^[0-9a-f.:]{2,45}$/i;
/** More hops than any real chain; what is left of them is the client's own invention. */
const hopsMax = 20;

/** Addresses as sent, the client's claim first; ports and brackets are cut, junk is left out. */
export function parseForwardedFor(value: string): string[] {
  if (value === '') return [];
  const addresses: string[] = [];
  for (const part of value.split(',').slice(-hopsMax)) {
    const address = bareAddress(part.trim());
    if (lawfulAddress.test(address)) addresses.push(address.toLowerCase());
  }
  return addresses;
}

function bareAddress(part: string): string {
  if (part.startsWith('[')) return part.slice(1, part.indexOf(']'));
  const colon = part.indexOf(':');
  return colon >= 0 && colon === part.lastIndexOf(':') ? part.slice(0, colon) : part;
}
