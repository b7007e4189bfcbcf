// Adding a passkey, and signing in with one. A browser without passkeys says so; the code of the app works without this script.
import { askPasskey, createPasskey, hasPasskeys, post } from './webauthn.js';

const MAKE = { add: createPasskey, enter: askPasskey };

async function submit(form) {
  const { action, dataset } = form;
  const told = form.querySelector('[data-told]');
  const button = form.querySelector('button');
  const fields = Object.fromEntries(new FormData(form));
  const { name: _name, returnTo: _returnTo, ...asked } = fields;
  told.hidden = true;
  button.disabled = true;
  try {
    const options = await post(dataset.options, asked);
    const passkey = JSON.stringify(await MAKE[dataset.passkey](options));
    const { next } = await post(action, { ...fields, passkey });
    location.assign(next);
  } catch (error) {
    // What the browser itself refuses, it has told.
    told.textContent = error.words ?? dataset.refused;
    told.hidden = false;
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll('[data-passkey]')) {
  form.hidden = !hasPasskeys();
  // In the capture phase: public/js/forms.js lets the buttons of a sent form rest, and this one is not sent that way.
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    submit(form);
  });
}
for (const note of document.querySelectorAll('[data-no-passkeys]')) note.hidden = hasPasskeys();
