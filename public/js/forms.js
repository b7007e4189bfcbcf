// Forms that change something: their buttons rest while they are sent, and what was typed in a form that creates something
// survives a reload. Without this script the server acts on a repeated form once all the same (src/web/form-once.ts).
const PREFIX = 'draft:';
const SENT = 'draft-sent';
/** A download leaves the page as it is, so its button comes back. */
const REST_MS = 8_000;
const NEVER_KEPT = /password|secret|token/i;

const store = window.sessionStorage;
const draftKey = (form) => PREFIX + form.getAttribute('action');
const creates = (form) => form.elements.namedItem('_once') !== null;
const kept = (field) =>
  field.name && !['hidden', 'password', 'file', 'submit', 'button'].includes(field.type) && !NEVER_KEPT.test(field.name);

function save(form) {
  const values = [...form.elements]
    .filter(kept)
    .map((field) => [field.name, isBox(field) ? [field.value, field.checked] : field.value]);
  store.setItem(draftKey(form), JSON.stringify(values));
}

const isBox = ({ type }) => type === 'checkbox' || type === 'radio';

/** What the server wrote in and nobody changed since gives way to the draft. */
function restore(form) {
  const values = JSON.parse(store.getItem(draftKey(form)) ?? '[]');
  for (const [name, value] of values) {
    for (const field of [...form.elements].filter((one) => one.name === name && kept(one))) {
      if (isBox(field)) {
        if (field.value === value[0]) field.checked = value[1];
      } else if (field.value === (field.defaultValue ?? field.value)) field.value = value;
    }
  }
  const changed = [...form.elements].some((field) => kept(field) && !isBox(field) && field.value !== field.defaultValue);
  const fold = form.closest('details');
  if (fold && values.length > 0 && changed) fold.open = true;
  for (const radio of form.querySelectorAll('[type="radio"]:checked'))
    radio.dispatchEvent(new Event('change', { bubbles: true }));
}

function rest(form, submitter) {
  const buttons = [...document.querySelectorAll('button[type="submit"]')].filter((button) => button.form === form);
  // A disabled button would not be sent with its form, so it rests after the form's data was read.
  setTimeout(() => {
    for (const button of buttons) button.disabled = true;
    submitter?.setAttribute('aria-busy', 'true');
  });
  setTimeout(() => wake(buttons), REST_MS);
}

function wake(buttons) {
  for (const button of buttons) {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
}

try {
  const sent = store.getItem(SENT);
  // What was sent has arrived, unless this page says that something went wrong. A refused form holds its values itself.
  if (sent && !document.querySelector('.error-page')) store.removeItem(sent);
  store.removeItem(SENT);
  for (const form of document.querySelectorAll('form[method="post"]')) {
    if (!creates(form)) continue;
    if (!form.querySelector('.error-summary')) restore(form);
  }
} catch {
  // Private windows may refuse storage; then there are no drafts.
}

document.addEventListener('input', ({ target }) => {
  try {
    if (target.form && creates(target.form)) save(target.form);
  } catch {}
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  try {
    if (form.getAttribute('action') === '/logout') store.clear();
    else if (creates(form)) store.setItem(SENT, draftKey(form));
  } catch {}
  rest(form, event.submitter);
});

// A page that comes back from the browser's memory has its buttons again.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) wake([...document.querySelectorAll('button[type="submit"]:disabled')]);
});
