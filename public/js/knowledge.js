// Entries one after another: Ctrl+Enter saves, and the next form is ready to be typed into. Without this script the button saves.
const form = document.querySelector('[data-entry-form]');

form?.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
if (form && 'next' in form.dataset) form.elements.namedItem('title').focus();
