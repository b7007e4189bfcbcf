// A conversation that follows by itself: the stream says that something is new, the server renders what may have changed, and
// only what did is put in its place. What is being typed, the focus and the reading position stay. Without this script the
// page is as it was when it was loaded.
const page = document.querySelector('[data-conversation]');
const [stopped, newer] = ['stopped', 'newer'].map((name) => page?.querySelector(`[data-${name}]`));
const said = document.querySelector('[data-said]');
const AGAIN_MS = 15_000;
const MOST_SAID = 3;

const part = (name, root = page) => root.querySelector(`[data-part="${name}"]`);
const field = () => part('reply').elements?.namedItem('text');
const isTyping = () => Boolean(field()?.value.trim());
const wordsOf = (element) => element.textContent.replaceAll(/\s+/g, ' ').trim();

let events = null;
let isCatchingUp = false;
let isStale = false;
let isOver = false;

function follow() {
  if (events || document.hidden || isOver) return;
  events = new EventSource(`${page.dataset.conversation}/events?seen=${encodeURIComponent(page.dataset.version)}`);
  events.addEventListener('changed', refresh);
  events.addEventListener('end', over);
  events.addEventListener('error', () => {
    if (events?.readyState !== EventSource.CLOSED) return;
    // Refused: too many pages are open, or nobody is signed in any more. Asking for the page tells which.
    rest();
    refresh();
    setTimeout(follow, AGAIN_MS);
  });
}

function rest() {
  events?.close();
  events = null;
}

/** Nothing more will come. What was typed is not thrown away. */
function over() {
  isOver = true;
  rest();
  if (!isTyping()) return location.reload();
  stopped.hidden = false;
  said.textContent = wordsOf(stopped.querySelector('p'));
  placeAboveForm();
}

async function refresh() {
  isStale = true;
  if (isCatchingUp) return;
  isCatchingUp = true;
  await catchUp();
  isCatchingUp = false;
}

async function catchUp() {
  while (isStale && !isOver) {
    isStale = false;
    const answer = await fetch(`${page.dataset.conversation}/live`, { headers: { accept: 'text/html' } }).catch(() => null);
    const text = answer && answer.status < 500 ? await answer.text().catch(() => null) : null;
    // The network or the server is away for a moment.
    if (text === null) return void setTimeout(refresh, AGAIN_MS);
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-conversation]');
    if (!fresh) return over();
    show(document.adoptNode(fresh));
  }
}

function show(fresh) {
  const [wasAtEnd, keepPlace] = [isAtEnd(), holdPlace()];
  page.dataset.version = fresh.dataset.version;
  const added = showMessages(fresh);
  const notices = part('notices', fresh);
  const hasNotices = swap('notices', fresh);
  swap('head', fresh);
  showReply(part('reply', fresh));
  const news = [...added.slice(-MOST_SAID), ...(hasNotices ? notices.querySelectorAll('p') : [])];
  if (news.length > 0) said.textContent = news.map(sentenceOf).join(' ');
  keepPlace();
  if (wasAtEnd) toEnd('instant');
  else if (added.length > 0) offerNewer();
}

/** Who says what, without the small print below it. */
const sentenceOf = (element) =>
  element.matches('.bubble')
    ? [...element.querySelectorAll('.visually-hidden, .bubble__text')].map(wordsOf).join(' ')
    : wordsOf(element);

/** Puts the new part in the old one's place where they differ; what had the focus has it again. */
function swap(name, fresh) {
  const [old, next] = [part(name), part(name, fresh)];
  if (old.isEqualNode(next)) return false;
  exchange(old, next);
  return true;
}

function exchange(old, next) {
  const actOf = (element) => element.getAttribute('href') ?? element.form?.getAttribute('action');
  const focused = old.contains(document.activeElement) ? actOf(document.activeElement) : null;
  old.replaceWith(next);
  if (!focused) return;
  [...next.querySelectorAll('a, button')].find((element) => actOf(element) === focused)?.focus({ preventScroll: true });
}

/** Gives the messages that were not there before. Earlier ones than the server gave stay. */
function showMessages(fresh) {
  const list = part('messages');
  const known = new Map([...list.children].filter(({ id }) => id).map((item) => [item.id, item]));
  const wanted = [...part('messages', fresh).children];
  const first = wanted.map(({ id }) => known.get(id)).find((item) => item?.matches('.bubble'));
  const earlier = first ? [...list.children].slice(0, [...list.children].indexOf(first)) : [];
  if (!first) showEarlierLink(list, fresh);
  const isThere = new Set(earlier.map(({ id }) => id));
  const items = wanted
    .filter(({ id }) => !isThere.has(id))
    .map((item) => {
      const old = known.get(item.id);
      if (!old || old.isEqualNode(item)) return old ?? item;
      exchange(old, item);
      return item;
    });
  // What stays is not touched: a selection in it would be lost.
  let place = list.firstElementChild;
  for (const item of [...earlier, ...items]) {
    if (item === place) place = place.nextElementSibling;
    else list.insertBefore(item, place);
  }
  while (place) {
    const rest = place.nextElementSibling;
    place.remove();
    place = rest;
  }
  return items.filter((item) => item.matches('.bubble') && !known.has(item.id));
}

/** None of the messages on the page is among the newest any more: it begins anew. */
function showEarlierLink(list, fresh) {
  part('earlier')?.remove();
  const link = part('earlier', fresh);
  if (link) list.before(link);
}

/** The form stays with what is typed in it; only what is said about it changes, until one can no longer write. */
function showReply(next) {
  const old = part('reply');
  if (next.matches('form') && old.matches('form')) {
    const [help, nextHelp] = [old, next].map((form) => form.querySelector('.field__help'));
    if (!nextHelp) help?.remove();
    else if (!help && !old.querySelector('.field__error')) field().after(nextHelp);
    return;
  }
  if (old.isEqualNode(next) || isTyping()) return;
  const words = old.querySelector('[data-words]')?.textContent;
  exchange(old, next);
  if (words && field()) field().value = words;
}

const lastMessage = () => part('messages').lastElementChild;
const isAtEnd = () => (lastMessage()?.getBoundingClientRect().top ?? 0) < part('reply').getBoundingClientRect().top;

function toEnd(behavior) {
  const below = part('messages').parentElement.getBoundingClientRect().bottom - document.documentElement.clientHeight;
  if (below > 0) scrollBy({ top: below, behavior });
}

/** Remembers the first message in sight; the function it gives puts it back to where it was. */
function holdPlace() {
  const anchor = [...part('messages').children].find((item) => item.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  return () => {
    if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: 'instant' });
  };
}

function offerNewer() {
  newer.hidden = false;
  placeAboveForm();
}

function placeAboveForm() {
  for (const element of [newer, stopped]) element.style.bottom = `${part('reply').offsetHeight + 8}px`;
}

function watchVisibility() {
  // Who does not look costs nothing; who looks again is told what they missed.
  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : follow()));
  // Leaving ends it at once: the number of streams a person may have open is small.
  addEventListener('pagehide', rest);
  addEventListener('pageshow', follow);
}

if (page) {
  // holdPlace does it, in every browser alike.
  document.documentElement.style.overflowAnchor = 'none';
  newer.addEventListener('click', () => toEnd('auto'));
  const seen = () => {
    if (isAtEnd()) newer.hidden = true;
  };
  addEventListener('scroll', seen, { passive: true });
  addEventListener('resize', placeAboveForm);
  watchVisibility();
  follow();
}
