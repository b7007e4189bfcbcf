// Writing to the customer: Enter sends, Shift+Enter breaks the line. What is sent stands in the thread at once, with its state, and
// is sent again by itself until the server has it: after a cut network, a reload and an ended session. The draft's id keeps it from
// being sent twice. Without this script the form is sent as any other.
const page = document.querySelector('[data-conversation]');
const AGAIN_MS = 5_000;
// Nobody is signed in; or a form's token is of a session that is over.
const SIGNED_OUT = [401, 403];
const NOT_TAKEN = 400;
const store = window.sessionStorage;
const path = page?.dataset.conversation;
const [DRAFT, OUTBOX] = ['draft', 'outbox'].map((name) => `${name}:${path}/messages`);

const form = () => page.querySelector('form[data-part="reply"]');
const field = () => form()?.elements.namedItem('text');
const words = (name) => page.dataset[name];
const list = () => page.querySelector('[data-part="messages"]');

const read = (key) => {
  try {
    return JSON.parse(store.getItem(key) ?? 'null');
  } catch {
    return null;
  }
};
const write = (key, value) => {
  try {
    if (value === null) store.removeItem(key);
    else store.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may refuse storage.
  }
};

/** A UUID; crypto.randomUUID is only there on https. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}

let outbox = read(OUTBOX) ?? [];
let isSending = false;

function keep(next) {
  outbox = next;
  write(OUTBOX, outbox.length > 0 ? outbox : null);
}

function bubbleOf({ draft, text, problem }) {
  const item = document.createElement('li');
  item.id = `unsent-${draft}`;
  item.dataset.unsent = '';
  item.className = 'bubble bubble--ours';
  const [body, meta, state] = ['div', 'div', 'span'].map((tag) => document.createElement(tag));
  [body.className, meta.className, state.className] = ['bubble__text', 'bubble__meta', problem ? 'is-bad' : ''];
  body.textContent = text;
  state.textContent = problem ?? words('sending');
  meta.append(state);
  if (problem) meta.append(retryButton(draft));
  item.append(body, meta);
  return item;
}

function retryButton(draft) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn-secondary btn-sm';
  button.textContent = words('retry');
  button.dataset.retry = draft;
  return button;
}

function show(message) {
  const old = document.getElementById(`unsent-${message.draft}`);
  const item = bubbleOf(message);
  if (old) old.replaceWith(item);
  else list().append(item);
}

function fail(message, problem) {
  keep(outbox.map((one) => (one.draft === message.draft ? { ...one, problem } : one)));
  show({ ...message, problem });
}

/** In order, one at a time. */
async function sendAll() {
  if (isSending) return;
  isSending = true;
  for (let next = waiting(); next; next = waiting()) if (!(await send(next))) break;
  isSending = false;
}

const waiting = () => outbox.find(({ problem }) => !problem);

/** False: the network is away, and it is tried again later. */
async function send(message) {
  const { draft, text } = message;
  const body = new URLSearchParams({ _csrf: form()?.elements.namedItem('_csrf')?.value ?? '', draft, text });
  const headers = { accept: 'application/json' };
  const answer = await fetch(`${path}/messages`, { method: 'POST', body, headers, redirect: 'manual' }).catch(() => null);
  if (!answer || answer.status >= 500) {
    show({ ...message, problem: words('offline') });
    setTimeout(sendAll, AGAIN_MS);
    return false;
  }
  if (answer.ok) {
    keep(outbox.filter((one) => one.draft !== draft));
    delete document.getElementById(`unsent-${draft}`)?.dataset.unsent;
    document.dispatchEvent(new CustomEvent('inbox:sent'));
    return true;
  }
  if (SIGNED_OUT.includes(answer.status) || answer.type === 'opaqueredirect') {
    // It stays in the box and goes out after signing in.
    show({ ...message, problem: words('signedOut') });
    document.dispatchEvent(new CustomEvent('inbox:ended'));
    return false;
  }
  const refused = answer.status >= NOT_TAKEN ? await answer.json().catch(() => ({})) : {};
  fail(message, refused.errors?.text ?? refused.error ?? words('failed'));
  return true;
}

function submit(event) {
  // The tools have buttons of their own, which go elsewhere.
  if (event.target !== form() || event.submitter?.hasAttribute('formaction')) return;
  event.preventDefault();
  const text = field().value.trim();
  if (!text) return;
  const message = { draft: newId(), text };
  keep([...outbox, message]);
  field().value = '';
  write(DRAFT, null);
  show(message);
  document.querySelector('[data-scroll]').scrollTo({ top: 0, behavior: 'instant' });
  sendAll();
}

function press(event) {
  if (event.target !== field() || event.key !== 'Enter') return;
  // A method of input, such as of Chinese, confirms its word with Enter.
  if (event.shiftKey || event.ctrlKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  form().requestSubmit(form().querySelector('button:not([formaction])[type="submit"]'));
}

function again({ target }) {
  const draft = target.closest('[data-retry]')?.dataset.retry;
  const message = outbox.find((one) => one.draft === draft);
  if (!message) return;
  keep(outbox.map((one) => (one === message ? { draft, text: message.text } : one)));
  show({ draft, text: message.text });
  sendAll();
}

if (page) {
  const draft = read(DRAFT);
  if (draft && field() && !field().value) field().value = draft;
  page.addEventListener('keydown', press);
  // In the capture phase: public/js/forms.js lets the buttons of a sent form rest, and this one is not sent that way.
  document.addEventListener('submit', submit, true);
  page.addEventListener('click', again);
  page.addEventListener('input', ({ target }) => target === field() && write(DRAFT, target.value || null));
  addEventListener('online', sendAll);
  for (const message of outbox) show(message);
  sendAll();
}
