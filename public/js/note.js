// A note in place of a message: kept without loading the page, so that nothing typed is lost while the network or the session is
// away, and no note stays in the composer as if it were a message. Without this script the button's form is sent as any other.
document.addEventListener('submit', async (event) => {
  const button = event.submitter;
  if (!button?.matches('[data-note]')) return;
  event.preventDefault();
  const field = event.target.elements.namedItem('text');
  const text = field.value.trim();
  if (!text) return;
  const body = new URLSearchParams({ _csrf: event.target.elements.namedItem('_csrf').value, text });
  const headers = { accept: 'application/json' };
  const answer = await fetch(button.formAction, { method: 'POST', body, headers, redirect: 'manual' }).catch(() => null);
  if (answer?.ok) {
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    document.dispatchEvent(new CustomEvent('inbox:sent'));
  } else {
    field.setCustomValidity(button.dataset.failed);
    field.reportValidity();
    field.addEventListener('input', () => field.setCustomValidity(''), { once: true });
  }
  field.focus();
});
