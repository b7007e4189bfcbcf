// The preview while a broadcast is written: the words as each channel will show them. What is typed is only ever set as text.
const form = document.querySelector('[data-compose] form');
const sample = document.querySelector('[data-part="text"]')?.textContent ?? '';

function show() {
  const value = (name) => form.elements.namedItem(name).value.trim();
  const [text, label, url] = [value('text'), value('buttonLabel'), value('buttonUrl')];
  const hasButton = label !== '' && url !== '';
  for (const part of document.querySelectorAll('[data-preview] [data-part]')) {
    if (part.dataset.part === 'text') part.textContent = text || sample;
    if (part.dataset.part === 'link') part.textContent = `\n\n${label}: ${url}`;
    if (part.dataset.part === 'button') part.textContent = label;
    if (part.dataset.part === 'link' || part.dataset.part === 'button') part.hidden = !hasButton;
  }
}

if (form) {
  form.addEventListener('input', show);
  show();
}
