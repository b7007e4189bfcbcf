// Saved replies in the composer: / opens them, arrows and Enter choose, Esc leaves. Without this script their links load the
// page with the reply in place.
const MOST_SHOWN = 8;
const ASKED = /(?:^|\s)\/([^\s/]*)$/;
const holder = () => document.querySelector('[data-saved-replies]');
const picker = () => document.querySelector('[data-picker]');
const isComposer = (element) => element instanceof HTMLTextAreaElement && element.closest('[data-part="reply"]') !== null;

let items = null;
let shown = [];
let at = 0;

/** Read once a page. They are in the customer's language and with their name. */
async function load() {
  if (items) return items;
  const answer = await fetch(holder().dataset.savedReplies, { headers: { accept: 'application/json' } }).catch(() => null);
  items = answer?.ok ? (await answer.json()).items : null;
  return items ?? [];
}

const askedIn = (field) => ASKED.exec(field.value.slice(0, field.selectionStart))?.[1];

async function offer(field) {
  if (!holder() || askedIn(field) === undefined) return close(field);
  const all = await load();
  // Typing went on meanwhile.
  const words = askedIn(field)?.toLocaleLowerCase();
  if (words === undefined) return close(field);
  shown = all
    .filter(({ name, text }) => `${name}\n${text}`.toLocaleLowerCase().includes(words))
    .sort((a, b) => startsWith(b, words) - startsWith(a, words))
    .slice(0, MOST_SHOWN);
  at = 0;
  if (shown.length === 0) close(field);
  else draw(field);
}

const startsWith = ({ name }, words) => Number(name.toLocaleLowerCase().startsWith(words));

function draw(field) {
  const list = picker();
  list.replaceChildren(
    ...shown.map(({ name, text }, nth) => {
      const one = document.createElement('li');
      one.className = 'picker__one clip';
      one.id = `saved-reply-${nth}`;
      one.role = 'option';
      one.setAttribute('aria-selected', String(nth === at));
      const [title, words] = [document.createElement('b'), document.createElement('span')];
      title.textContent = `/${name}`;
      words.textContent = text;
      one.append(title, words);
      // Before the field loses the focus.
      one.addEventListener('mousedown', (event) => {
        event.preventDefault();
        put(field, text);
      });
      return one;
    }),
  );
  list.hidden = false;
  field.setAttribute('aria-controls', list.id);
  field.setAttribute('aria-activedescendant', `saved-reply-${at}`);
  list.children[at]?.scrollIntoView({ block: 'nearest' });
}

function close(field) {
  shown = [];
  if (picker()) picker().hidden = true;
  field.removeAttribute('aria-activedescendant');
  field.removeAttribute('aria-controls');
}

/** In place of the / and what was typed after it; without one, where the caret is. */
function put(field, text) {
  const end = field.selectionStart;
  const asked = askedIn(field);
  const start = asked === undefined ? end : end - asked.length - 1;
  field.setRangeText(text, start, field.selectionEnd, 'end');
  close(field);
  field.focus();
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function act({ key, target, isComposing }) {
  if (isComposing) return false;
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    at = (at + (key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
    draw(target);
  } else if (key === 'Enter' || key === 'Tab') put(target, shown[at].text);
  else if (key === 'Escape') close(target);
  else return false;
  return true;
}

document.addEventListener('input', ({ target }) => {
  if (isComposer(target)) offer(target);
});
// Before the page's own keys: Enter sends there.
document.addEventListener(
  'keydown',
  (event) => {
    if (!isComposer(event.target) || shown.length === 0 || !act(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);
document.addEventListener('focusout', ({ target }) => {
  if (isComposer(target)) close(target);
});
document.addEventListener('click', async (event) => {
  const link = event.target instanceof Element ? event.target.closest('[data-reply]') : null;
  const field = document.querySelector('[data-part="reply"] textarea');
  if (!link || !field) return;
  event.preventDefault();
  link.closest('details').open = false;
  const one = (await load()).find(({ id }) => id === link.dataset.reply);
  if (one) put(field, one.text);
  else location.assign(link.href);
});
