// Import: files may be dropped anywhere on the form's page, and the review's page follows the reading. Without this script the
// file field and a reload do the same.
const form = document.querySelector('[data-import-form]');
const box = document.querySelector('[data-import]');

if (form) {
  const { file } = form.elements;
  const holdsFiles = (event) => event.dataTransfer?.types.includes('Files');
  addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    form.classList.add('is-dropping');
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) form.classList.remove('is-dropping');
  });
  addEventListener('drop', (event) => {
    form.classList.remove('is-dropping');
    if (!holdsFiles(event)) return;
    event.preventDefault();
    file.files = event.dataTransfer.files;
    file.focus();
  });
}

async function refresh() {
  const answer = await fetch(box.dataset.import, { headers: { accept: 'text/html' }, redirect: 'error' }).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;
  if (html === null) return;
  const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-import]');
  // What a person has opened or ticked stays so.
  const callbacks = {
    beforeAttributeUpdated: (name) => name !== 'open',
    beforeNodeMorphed: (node) => !(node instanceof HTMLInputElement && node.type === 'checkbox'),
  };
  if (fresh) Idiomorph.morph(box, document.adoptNode(fresh), { morphStyle: 'outerHTML', callbacks });
}

if (box?.dataset.events) {
  const events = new EventSource(box.dataset.events);
  events.addEventListener('changed', refresh);
  events.addEventListener('end', () => {
    events.close();
    refresh();
  });
  addEventListener('pagehide', () => events.close());
}
