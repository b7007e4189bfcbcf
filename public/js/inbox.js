// Keeps the inbox up to date. One stream tells of the open conversation and of the list; the list is rendered by the server again
// and idiomorph changes what differs. Also keys, the number in the tab's title, and a sound. Without this script the page stays as
// it was loaded.
const root = document.querySelector('[data-inbox]');
const thread = document.querySelector('[data-conversation]');
const list = document.querySelector('[data-list]');
const AGAIN_MS = 15_000;
const SOUND = 'inbox-sound';
const title = document.title.replace(/^\(\d+\) /, '');

let events = null;
let isOver = false;
let isLoading = false;
let isStale = false;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const seenNow = () => `${thread?.dataset.version ?? ''}.${list.dataset.listVersion}`;

function follow() {
  if (events || document.hidden || isOver) return;
  events = new EventSource(`${root.dataset.inbox}/events?seen=${encodeURIComponent(seenNow())}`);
  events.addEventListener('changed', ({ lastEventId }) => {
    const [ofThread, ofList] = lastEventId.split('.');
    if (thread && ofThread !== thread.dataset.version) tell('inbox:thread');
    if (ofList !== list.dataset.listVersion) refresh();
  });
  events.addEventListener('end', over);
  events.addEventListener('error', () => {
    if (events?.readyState !== EventSource.CLOSED) return;
    // Refused: too many pages are open, or nobody is signed in any more. Asking for the page tells which.
    rest();
    refresh();
    tell('inbox:thread');
    setTimeout(follow, AGAIN_MS);
  });
}

function rest() {
  events?.close();
  events = null;
}

function over() {
  if (isOver) return;
  isOver = true;
  rest();
  tell('inbox:over');
  if (!thread) location.reload();
}

async function refresh() {
  isStale = true;
  if (isLoading) return;
  isLoading = true;
  while (isStale && !isOver) {
    isStale = false;
    await load();
  }
  isLoading = false;
}

async function load() {
  const answer = await fetch(list.dataset.live, { headers: { accept: 'text/html' } }).catch(() => null);
  const text = answer && answer.status < 500 ? await answer.text().catch(() => null) : null;
  // The network or the server is away for a moment.
  if (text === null) return void setTimeout(refresh, AGAIN_MS);
  const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-list]');
  if (!fresh) return over();
  const before = unreadIn(list);
  markOpen(fresh);
  Idiomorph.morph(list, document.adoptNode(fresh), { morphStyle: 'outerHTML', callbacks: { beforeNodeMorphed: mayChange } });
  showWaiting();
  if ([...unreadIn(list)].some((one) => !before.has(one))) ring();
}

/** The search is being filled in; the title is a heading where no conversation is open. */
const mayChange = (old) => !(old instanceof Element && old.matches('[type="search"], details, .inbox__head'));

const unreadIn = (place) =>
  new Set([...place.querySelectorAll('.is-unread')].map(({ id, dataset }) => `${id} ${dataset.message}`));

/** The list alone does not know which conversation is open beside it; who looks at it has read it. */
function markOpen(fresh) {
  const row = thread && fresh.querySelector(`#c${thread.dataset.id}`);
  if (!row) return;
  row.classList.add('is-open');
  if (!document.hidden) row.classList.remove('is-unread');
  row.querySelector('.list__cover').setAttribute('aria-current', 'true');
}

/** How many conversations need a person: in the tab's title and at the navigation. */
function showWaiting() {
  const waiting = Number(list.dataset.waiting);
  document.title = waiting > 0 ? `(${waiting}) ${title}` : title;
  const link = document.querySelector('.side a[href="/conversations"]');
  const words = link?.querySelector('.visually-hidden');
  let count = link?.querySelector('.count');
  if (!link || (!count && waiting === 0)) return;
  if (waiting === 0) {
    count.remove();
    return void words?.remove();
  }
  if (!count) {
    count = document.createElement('span');
    count.className = 'count';
    link.append(count);
  }
  count.textContent = waiting;
  if (words) words.textContent = list.dataset.waitingWords;
}

const isLoud = () => localStorage.getItem(SOUND) !== 'off';

function showSound() {
  const button = list.querySelector('[data-sound]');
  button.setAttribute('aria-pressed', String(isLoud()));
}

/** Two short tones. A browser stays silent until somebody has touched the page. */
function ring() {
  if (!isLoud() || !navigator.userActivation?.hasBeenActive) return;
  const sound = new AudioContext();
  for (const [at, pitch] of [
    [0, 660],
    [0.14, 880],
  ]) {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.06, sound.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + at + 0.13);
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.14);
  }
  setTimeout(() => sound.close(), 500);
}

const rows = () => [...list.querySelectorAll('.list__cover')];

/** The next or the previous conversation: from the one in focus, else from the open one. */
function step(by) {
  const all = rows();
  const now = all.indexOf(document.activeElement);
  const from = now >= 0 ? now : all.findIndex((link) => link.hasAttribute('aria-current'));
  all[Math.min(Math.max(from + by, 0), all.length - 1)]?.focus();
}

const field = () => document.querySelector('[data-part="reply"] textarea');
const keys = document.querySelector('[data-keys]');

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => field()?.focus(),
  '/': () => list.querySelector('[type="search"]')?.focus(),
  '?': () => keys.showModal(),
};

function press(event) {
  const { key, target, ctrlKey, metaKey, altKey, isComposing } = event;
  if (ctrlKey || metaKey || altKey || isComposing || keys.open) return;
  const isTyping = target.matches('input, textarea, select, [contenteditable]');
  if (key === 'Escape') return leave(target, isTyping);
  if (isTyping || !ACTS[key]) return;
  event.preventDefault();
  ACTS[key]();
}

/** Out of the field, then out of the conversation. */
function leave(target, isTyping) {
  if (isTyping) target.blur();
  else if (thread && !document.querySelector(':popover-open, dialog[open]')) location.assign(root.dataset.back);
}

/** Who looks at a conversation has read it. */
let told = 0;
function markRead() {
  const newest = Math.max(0, ...[...document.querySelectorAll('.thread .bubble[id^="m"]')].map(({ id }) => Number(id.slice(1))));
  if (document.hidden || !thread || newest <= told) return;
  told = newest;
  const body = new URLSearchParams({ _csrf: root.dataset.csrf, messageId: String(newest) });
  fetch(`${thread.dataset.conversation}/seen`, { method: 'POST', body, keepalive: true }).catch(() => {
    told = 0;
  });
  list.querySelector(`#c${thread.dataset.id}`)?.classList.remove('is-unread');
}

if (root && list) {
  list.querySelector('[data-tools]').hidden = false;
  showSound();
  list.addEventListener('click', ({ target }) => {
    if (target.closest('[data-help]')) keys.showModal();
    if (!target.closest('[data-sound]')) return;
    localStorage.setItem(SOUND, isLoud() ? 'off' : 'on');
    showSound();
    ring();
  });
  document.addEventListener('keydown', press);
  document.addEventListener('inbox:shown', markRead);
  document.addEventListener('inbox:ended', over);
  // Who does not look costs nothing; who looks again is told what they missed.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return rest();
    follow();
    markRead();
  });
  // Leaving ends it at once: the number of streams a person may have open is small.
  addEventListener('pagehide', rest);
  addEventListener('pageshow', follow);
  showWaiting();
  markRead();
  follow();
}
