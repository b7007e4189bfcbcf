// Where an act asks for the password again, a passkey does as well.
import { askPasskey, hasPasskeys, post } from './webauthn.js';

const template = document.querySelector('[data-passkey-confirm]');
const { csrf: _csrf, refused, done } = template?.dataset ?? {};

/** The form of a new password needs the old one in any case. */
const fields = () =>
  [...document.querySelectorAll('input[name="currentPassword"]')].filter(
    ({ form }) => !form?.action.endsWith('/account/password'),
  );

async function confirm(told) {
  const options = await post('/account/passkeys/challenge', { _csrf });
  const passkey = JSON.stringify(await askPasskey(options));
  await post('/account/passkeys/confirm', { _csrf, passkey });
  for (const field of fields()) {
    field.required = false;
    field.closest('.field').hidden = true;
  }
  for (const button of document.querySelectorAll('[data-confirm]')) button.hidden = true;
  for (const place of document.querySelectorAll('[data-confirm-told]')) place.textContent = '';
  told.textContent = done;
}

if (template && hasPasskeys()) {
  for (const field of fields()) {
    field.closest('.field').after(template.content.cloneNode(true));
  }
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-confirm]');
    const told = button?.parentElement.querySelector('[data-confirm-told]');
    if (button)
      confirm(told).catch((error) => {
        told.textContent = error.words ?? refused;
      });
  });
}
