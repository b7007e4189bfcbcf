// The preview while a broadcast is written. The server says how each channel will show it, by the rules that the sending goes
// by; what it says is only ever set as text.
const box = document.querySelector('[data-compose]');
const form = box?.querySelector('form');
const PAUSE_MS = 250;
let timer;
let asked = 0;
/** The photo chosen in this page, not sent yet, as a data: address. */
let chosen = '';

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function bubbleOf({ text, photo, button }) {
  const bubble = element('div', 'bubble', '');
  const source = chosen || `${box.dataset.compose.replace(/look$/, 'photos/')}${form.elements.photoId.value}`;
  if (photo) {
    const image = element('img', 'preview__photo', '');
    image.src = source;
    image.alt = '';
    bubble.append(image);
  }
  if (text) bubble.append(element('p', 'bubble__text', text));
  if (button) bubble.append(element('span', 'preview__button', button.label));
  return bubble;
}

async function show() {
  const turn = ++asked;
  const typed = new FormData(form);
  typed.delete('photo');
  if (chosen) typed.set('photoId', 'chosen');
  else if (typed.has('removePhoto')) typed.set('photoId', '');
  const headers = { accept: 'application/json' };
  const answer = await fetch(box.dataset.compose, { method: 'POST', headers, body: new URLSearchParams(typed) }).catch(
    () => null,
  );
  // A slow answer to what has been typed over is no news.
  if (!answer?.ok || turn !== asked) return;
  for (const { channel, parts } of await answer.json()) {
    box.querySelector(`[data-preview="${channel}"]`)?.replaceChildren(...parts.map(bubbleOf));
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
}

function readPhoto() {
  const [file] = form.elements.photo.files;
  chosen = '';
  if (!file) return soon();
  const reader = new FileReader();
  reader.addEventListener('load', () => {
    chosen = reader.result;
    soon();
  });
  reader.readAsDataURL(file);
}

if (form) {
  form.addEventListener('input', soon);
  form.elements.photo.addEventListener('change', readPhoto);
}
