/** What a newcomer can do to see each of the shipped rules fire. A rule of another name has no hint. */

const hints: ReadonlyMap<string, string> = new Map([
  ['Stuck at checkout', 'Go to checkout and stay for 30 seconds with this window in front.'],
  ['Back to the cart', 'Open a product, add it to the cart, then open the cart.'],
  ['Delivery and returns', 'Read the delivery page and the returns page, in either order.'],
  ['Comparing products', 'Open three product pages within two minutes.'],
  ['Searching for help', 'Search for “help”.'],
  ['Nothing found', 'Search for something the shop does not have: “bicycle”.'],
]);

export function hintFor(rule: string): string | undefined {
  return hints.get(rule);
}
