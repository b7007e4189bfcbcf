// The playground without reloading: the question appears at once, "answering…" until the answer is there. What customers
// and the AI write is only ever set as text. Without this script the form reloads the page.
const box = document.querySelector('[data-playground]');
const chat = box?.querySelector('[data-chat]');
const form = box?.querySelector('form.composer');
const field = form?.elements.namedItem('text');
const samples = box?.querySelector('[data-samples]');
const choices = box?.querySelector('[data-choices]');
const problem = box?.querySelector('[data-problem]');

const template = (name) => box.querySelector(`template[data-template="${name}"]`).content;

function add(name, fill = {}) {
  const item = template(name).cloneNode(true).firstElementChild;
  for (const part of item.querySelectorAll('[data-fill]')) {
    const value = fill[part.dataset.fill];
    if (!value) part.remove();
    else if (typeof value === 'string') part.textContent = value;
    else if (typeof value === 'function') value(part);
  }
  chat.append(item);
  item.scrollIntoView({ block: 'nearest' });
  return item;
}

function sourceLinks(sources) {
  return (part) => {
    const links = sources.map(({ id, title }) => {
      const link = document.createElement('a');
      link.href = part.dataset.base + encodeURIComponent(id);
      link.textContent = title;
      return link;
    });
    const label = sources.length === 1 ? part.dataset.one : part.dataset.many;
    part.append(`${label} `, ...links.flatMap((link, at) => (at === 0 ? [link] : [', ', link])));
  };
}

function factList(facts) {
  return (part) => {
    const cells = facts.flatMap(({ label, text }) =>
      [
        ['dt', label],
        ['dd', text],
      ].map(([tag, words]) => Object.assign(document.createElement(tag), { textContent: words })),
    );
    part.querySelector('dl').append(...cells);
  };
}

/** Buttons in place of a number to write. */
function offer(labels) {
  for (const button of choices.querySelectorAll('button')) button.remove();
  const buttons = labels.map((label) =>
    Object.assign(document.createElement('button'), {
      className: 'btn btn-secondary btn-sm',
      name: 'text',
      value: label,
      textContent: label,
    }),
  );
  choices.append(...buttons);
  choices.hidden = labels.length === 0;
  if (!choices.hidden) box.scrollIntoView({ block: 'end' });
}

function show({ reply, sources, reason, facts, words, correctPath, choices: labels }) {
  const item = add('reply', {
    text: reply,
    mode: words.mode,
    sources: sources.length > 0 && sourceLinks(sources),
    reason: words.reason,
    add: reason === 'no_knowledge' && (() => {}),
    took: words.took,
    correct: correctPath && ((part) => part.setAttribute('href', correctPath)),
    facts: facts.length > 0 && factList(facts),
  });
  offer(labels);
  const why = item.querySelector('.is-warn');
  if (why) why.title = words.remedy;
}

async function ask(body) {
  const answer = await fetch(box.dataset.playground, { method: 'POST', body, headers: { accept: 'application/json' } }).catch(
    () => null,
  );
  const result = await answer?.json().catch(() => null);
  if (answer?.ok && result) return show(result);
  problem.textContent = result?.error ?? Object.values(result?.errors ?? {})[0] ?? template('problem').textContent;
  problem.hidden = false;
}

async function send(event) {
  event.preventDefault();
  const text = field.value.trim();
  if (text === '' || form.dataset.busy) return;
  const body = new URLSearchParams(new FormData(form));
  form.dataset.busy = 'yes';
  problem.hidden = true;
  chat.querySelector('[data-empty]')?.remove();
  samples?.remove();
  offer([]);
  const question = add('customer', { text });
  const typing = add('typing');
  field.value = '';
  await ask(body);
  typing.remove();
  delete form.dataset.busy;
  // Nothing was answered: the words go back to where they can be sent again.
  if (!problem.hidden) {
    question.remove();
    if (field.value === '') field.value = text;
  }
  field.focus();
}

if (form) {
  form.addEventListener('submit', send);
  for (const buttons of [samples, choices]) {
    buttons?.addEventListener('submit', (event) => {
      event.preventDefault();
      field.value = event.submitter?.value ?? '';
      form.requestSubmit();
    });
  }
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.focus({ preventScroll: true });
  if (choices.hidden) chat.lastElementChild?.scrollIntoView({ block: 'nearest' });
  else box.scrollIntoView({ block: 'end' });
}
