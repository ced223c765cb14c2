/** Building elements from data; text stays text, whatever a visitor typed. */

type Attributes = Readonly<Record<string, string>>;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A list whose rows are kept by key, so that a redraw closes nothing that the reader has opened. A row is
 * filled again when its item is another object, or when `isStale` says that what it is drawn from has
 * changed.
 */
export function createRows<Item>(
  list: HTMLElement,
  keyOf: (item: Item) => string,
  make: () => HTMLElement,
  fill: (row: HTMLElement, item: Item) => void,
): (items: readonly Item[], isStale: boolean) => void {
  let rows = new Map<string, { row: HTMLElement; item: Item }>();
  return (items, isStale) => {
    const next = new Map<string, { row: HTMLElement; item: Item }>();
    for (const item of items) {
      const key = keyOf(item);
      const known = rows.get(key);
      const row = known?.row ?? make();
      if (isStale || known?.item !== item) fill(row, item);
      next.set(key, { row, item });
    }
    for (const [key, { row }] of rows) if (!next.has(key)) row.remove();
    let place: Element | null = list.firstElementChild;
    for (const { row } of next.values()) {
      if (row === place) place = place.nextElementSibling;
      else list.insertBefore(row, place);
    }
    rows = next;
  };
}
