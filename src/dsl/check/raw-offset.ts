/** Where something stands in a DSL file: offsets inside attribute values. */

const entityPattern = /&(?:#x([\da-f]+)|#(\d+)|\w+);|\r\n/giy;

/** The offset in `raw`, as written, of what stands at `offset` of the value that it is read as. */
export function rawOffset(raw: string, offset: number): number {
  let at = 0;
  for (let read = 0; read < offset && at < raw.length; read++) {
    entityPattern.lastIndex = at;
    const entity = entityPattern.exec(raw);
    if (entity === null) {
      at++;
      continue;
    }
    at += entity[0].length;
    const code = entity[1] === undefined ? Number(entity[2] ?? 0) : parseInt(entity[1], 16);
    // A character beyond the first plane is read as two.
    if (code > 0xffff) read++;
  }
  return at;
}
