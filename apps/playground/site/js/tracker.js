/**
 * The shop's one way to speak to Beckon: the command queue of the snippet. What is pushed before the
 * tracker has loaded waits in the array.
 */

/** @typedef {Record<string, string | number | boolean>} EventData */

/**
 * Sends a SYSTEM event (SignIn, SignOut, UserInfo) or a BUSINESS event of the shop's own.
 * @param {string} eventName
 * @param {EventData} data
 */
export function tell(eventName, data) {
  const page = /** @type {{ _gt?: { push(command: unknown[]): unknown } }} */ (
    /** @type {unknown} */ (window)
  );
  page._gt ??= [];
  page._gt.push(['event', eventName, { data }]);
}
