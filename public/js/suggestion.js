// What the bot would answer: asked for by a press, shown above the composer, and put into it by another. Without this script the
// form and the link load the page.
const page = document.querySelector('[data-conversation]');

async function ask(event) {
  const form = event.target;
  if (!form.matches('[data-suggest]')) return;
  event.preventDefault();
  const [button, told] = [form.querySelector('button'), form.querySelector('[data-told]')];
  button.disabled = true;
  told.textContent = form.dataset.making;
  const answer = await fetch(form.action, {
    method: 'POST',
    body: new URLSearchParams(new FormData(form)),
    headers: { accept: 'application/json' },
    redirect: 'manual',
  }).catch(() => null);
  const { error } = (await answer?.json().catch(() => null)) ?? {};
  if (answer?.ok) return document.dispatchEvent(new CustomEvent('inbox:thread'));
  button.disabled = false;
  told.textContent = error ?? form.dataset.failed;
  told.classList.add('is-warn');
}

function use(event) {
  const field = page.querySelector('form[data-part="reply"] textarea');
  if (!event.target.closest('[data-use]') || !field) return;
  event.preventDefault();
  const text = page.querySelector('[data-suggestion]').textContent;
  // What was typed already stays, above it.
  if (!field.value.includes(text)) {
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  field.focus();
}

if (page) {
  page.addEventListener('submit', ask, true);
  page.addEventListener('click', use);
}
