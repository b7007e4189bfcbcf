// Writing to the customer: Enter sends, Shift+Enter breaks the line. What is sent stands in the thread at once, with its state, and
// is sent again by itself until the server has it: after a cut network, a reload and an ended session. The draft's id keeps it from
// being sent twice. Without this script the form is sent as any other.
import { dropFile, fileOf, keepFile } from './kept-files.js';

const page = document.querySelector('[data-conversation]');
const AGAIN_MS = 5_000;
// Nobody is signed in; or a form's token is of a session that is over.
const SIGNED_OUT = [401, 403];
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
/** What public/js/attachment.js and voice.js have for the next message. */
let chosen = null;

function keep(next) {
  outbox = next;
  write(OUTBOX, outbox.length > 0 ? outbox : null);
}

function bubbleOf({ draft, text, file, problem, state: told }) {
  const item = document.createElement('li');
  item.id = `unsent-${draft}`;
  item.dataset.unsent = '';
  item.className = 'bubble bubble--ours';
  const [body, meta, state] = ['div', 'div', 'span'].map((tag) => document.createElement(tag));
  [body.className, meta.className, state.className] = ['bubble__text', 'bubble__meta', problem ? 'is-bad' : ''];
  body.textContent = [file && `📎 ${file.name}`, text].filter(Boolean).join('\n');
  state.textContent = problem ?? told ?? words('sending');
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

/** Null: its file is gone with the browser's storage. */
async function bodyOf({ draft, text, file }) {
  const body = file ? new FormData() : new URLSearchParams();
  const fields = { _csrf: form()?.elements.namedItem('_csrf')?.value ?? '', draft, text, ...(file?.isVoice && { voice: '1' }) };
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const content = file && (await fileOf(draft));
  if (content) body.set('file', content, file.name);
  return file && !content ? null : body;
}

/** Like fetch, which tells nothing of how far an upload is. */
const post = (body, onProgress) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${path}/messages`);
    request.setRequestHeader('accept', 'application/json');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('loadend', () => {
      const { status, response, responseURL } = request;
      // A form that came to the login page by a redirect was not taken.
      const isElsewhere = status > 0 && !responseURL.endsWith(`${path}/messages`);
      resolve(
        status === 0 ? null : { status: isElsewhere ? 401 : status, ok: status < 300 && !isElsewhere, refused: response ?? {} },
      );
    });
    request.send(body);
  });

/** False: the network is away, and it is tried again later. */
async function send(message) {
  const { draft, file } = message;
  const body = await bodyOf(message);
  if (!body) {
    fail(message, words('lost'));
    return true;
  }
  const tell = (part) => show({ ...message, state: words('uploading').replace('%n', Math.floor(part * 100)) });
  const answer = await post(body, file ? tell : () => {});
  if (!answer || answer.status >= 500) {
    show({ ...message, problem: words('offline') });
    setTimeout(sendAll, AGAIN_MS);
    return false;
  }
  if (answer.ok) {
    keep(outbox.filter((one) => one.draft !== draft));
    if (file) dropFile(draft);
    delete document.getElementById(`unsent-${draft}`)?.dataset.unsent;
    document.dispatchEvent(new CustomEvent('inbox:sent'));
    return true;
  }
  if (SIGNED_OUT.includes(answer.status)) {
    // It stays in the box and goes out after signing in.
    show({ ...message, problem: words('signedOut') });
    document.dispatchEvent(new CustomEvent('inbox:ended'));
    return false;
  }
  const { errors, error } = answer.refused;
  fail(message, errors?.file ?? errors?.text ?? error ?? words('failed'));
  return true;
}

async function submit(event) {
  // The tools have buttons of their own, which go elsewhere.
  if (event.target !== form() || event.submitter?.hasAttribute('formaction')) return;
  event.preventDefault();
  const text = field().value.trim();
  if (!text && !chosen) return;
  const draft = newId();
  const message = { draft, text, ...(chosen && { file: { name: chosen.name, isVoice: chosen.isVoice } }) };
  const content = chosen?.content;
  field().value = '';
  write(DRAFT, null);
  document.dispatchEvent(new CustomEvent('composer:taken'));
  if (content) await keepFile(draft, content);
  keep([...outbox, message]);
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
  const { problem: _old, ...fresh } = message;
  keep(outbox.map((one) => (one === message ? fresh : one)));
  show(fresh);
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
  document.addEventListener('composer:chosen', ({ detail }) => {
    chosen = detail;
  });
  addEventListener('online', sendAll);
  for (const message of outbox) show(message);
  sendAll();
}
