/**
 * The account page: pretend to sign in, and out again.
 */
import { forget, isSignedIn, knownPerson, signIn, signOut } from './account.js';
import { theElement } from './dom.js';
import { showAccount, toast } from './shop.js';

const form = /** @type {HTMLFormElement} */ (theElement('[data-sign-in]'));
const welcome = theElement('[data-signed-in]');

function show() {
  const person = knownPerson();
  const signedIn = isSignedIn();
  form.hidden = signedIn;
  welcome.hidden = !signedIn;
  theElement('[data-person-name]').textContent = person?.name ?? '';
  theElement('[data-person-email]').textContent = person?.userID ?? '';
  if (!signedIn && person !== undefined) {
    /** @type {HTMLInputElement} */ (theElement('#person-name')).value = person.name;
    /** @type {HTMLInputElement} */ (theElement('#person-email')).value = person.userID;
  }
  showAccount();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = new FormData(form);
  const name = String(typed.get('name') ?? '').trim();
  const userID = String(typed.get('email') ?? '')
    .trim()
    .toLowerCase();
  if (name === '' || userID === '') return;
  signIn({ userID, name });
  show();
  toast('You are signed in.');
  theElement('[data-sign-out]').focus();
});

theElement('[data-sign-out]').addEventListener('click', () => {
  signOut();
  show();
  toast('You are signed out.');
  theElement('#person-name').focus();
});

theElement('[data-forget]').addEventListener('click', () => {
  forget();
  form.reset();
  show();
  toast('This browser no longer knows you.');
  theElement('#person-name').focus();
});

show();
