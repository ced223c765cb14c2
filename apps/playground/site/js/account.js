/**
 * The pretend account. Any name and e-mail signs in; the browser keeps them in the shop's own cookies, and
 * Beckon is told when somebody signs in, signs out, or comes back and is recognised.
 */
import { tell } from './tracker.js';

/** @typedef {{ userID: string, name: string }} Person */

const cookiePath = '/playground/';
/** Who used this browser last; outlives the session. */
const personCookie = 'playground_person';
/** Present while signed in. */
const signedInCookie = 'playground_signed_in';
/** Present once this visit has been told who came back. */
const greetedCookie = 'playground_greeted';
const rememberedForSeconds = 30 * 24 * 3_600;

/**
 * @param {string} cookies As `document.cookie` gives them.
 * @param {string} name
 * @returns {string | undefined}
 */
export function cookieOf(cookies, name) {
  for (const pair of cookies.split('; ')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals) === name) return pair.slice(equals + 1);
  }
  return undefined;
}

/**
 * @param {string | undefined} value A cookie's value.
 * @returns {Person | undefined}
 */
export function parsePerson(value) {
  if (value === undefined) return undefined;
  try {
    const { userID, name } = Object(JSON.parse(decodeURIComponent(value)));
    return typeof userID === 'string' && userID !== '' && typeof name === 'string'
      ? { userID, name }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {number} [maxAgeSeconds] Without it the cookie ends with the browser's session; 0 takes it away.
 */
function setCookie(name, value, maxAgeSeconds) {
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
  document.cookie = `${name}=${value}; Path=${cookiePath}; SameSite=Lax${age}`;
}

/** @returns {Person | undefined} Whom the shop knows in this browser, signed in or not. */
export function knownPerson() {
  return parsePerson(cookieOf(document.cookie, personCookie));
}

export function isSignedIn() {
  return knownPerson() !== undefined && cookieOf(document.cookie, signedInCookie) !== undefined;
}

/** @param {Person} person */
export function signIn(person) {
  setCookie(personCookie, encodeURIComponent(JSON.stringify(person)), rememberedForSeconds);
  setCookie(signedInCookie, '1');
  setCookie(greetedCookie, '1');
  tell('SignIn', { userID: person.userID, name: person.name });
}

export function signOut() {
  const person = knownPerson();
  setCookie(signedInCookie, '', 0);
  if (person !== undefined) tell('SignOut', { userID: person.userID });
}

/** Signs out and forgets the person, so that the next visit is a stranger's again. */
export function forget() {
  if (isSignedIn()) signOut();
  setCookie(personCookie, '', 0);
  setCookie(greetedCookie, '', 0);
}

/** The next page is the first of a new visit: nobody is signed in, and who is known will be told again. */
export function startOver() {
  setCookie(signedInCookie, '', 0);
  setCookie(greetedCookie, '', 0);
}

/** Tells Beckon, once a visit, who came back. */
export function greet() {
  const person = knownPerson();
  if (person === undefined || cookieOf(document.cookie, greetedCookie) !== undefined) return;
  setCookie(greetedCookie, '1');
  tell('UserInfo', { userID: person.userID, name: person.name });
}
