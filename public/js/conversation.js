// Keeps a conversation up to date: the stream says that something is new, the server renders the page again, and idiomorph
// changes what differs. What is being typed, the focus and the reading position stay. Without this script the page stays as
// it was loaded.
const page = document.querySelector('[data-conversation]');
const [stopped, newer] = ['stopped', 'newer'].map((name) => page?.querySelector(`[data-${name}]`));
const said = document.querySelector('[data-said]');
const scroller = page?.querySelector('[data-scroll]');
const AGAIN_MS = 15_000;
const MOST_SAID = 3;
const NEAR_PX = 48;

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
  const known = new Set([...part('messages').children].map(({ id }) => id));
  const hasNotices = !part('notices').isEqualNode(part('notices', fresh));
  keepEarlier(fresh, known);
  keepReply(fresh);
  const unsent = part('reply').querySelector('[data-words]')?.textContent;
  Idiomorph.morph(page, fresh, { morphStyle: 'outerHTML', callbacks });
  if (unsent && field()) field().value = unsent;
  const added = [...part('messages').children].filter((item) => item.matches('.bubble') && !known.has(item.id));
  const news = [...added.slice(-MOST_SAID), ...(hasNotices ? part('notices').querySelectorAll('p') : [])];
  if (news.length > 0) said.textContent = news.map(sentenceOf).join(' ');
  keepPlace();
  if (wasAtEnd) toEnd('instant');
  else if (added.length > 0) offerNewer();
}

/** What somebody opened stays open. */
const mayChangeAttribute = (name, element) => !(name === 'open' && element.matches('details'));
const callbacks = { beforeNodeMorphed: (old) => mayChange(old), beforeAttributeUpdated: mayChangeAttribute };

/** What is typed, its draft's id (it keeps a second send from doubling the message), and what this script shows and hides. */
const mayChange = (old) => !(old instanceof Element && (old.matches(KEPT) || isBeingFilled(old)));
const KEPT = 'textarea, [name="draft"], [data-newer], [data-stopped]';

/** A form of the card or the tools that somebody has begun to fill in. */
const isBeingFilled = (element) =>
  element.matches('form:not([data-part])') && (element.contains(document.activeElement) || [...element.elements].some(isChanged));
const isChanged = (field) =>
  field.type === 'checkbox' || field.type === 'radio'
    ? field.checked !== field.defaultChecked
    : field.defaultValue !== undefined && field.value !== field.defaultValue;

/** Who says what, without the small print below it. */
const sentenceOf = (element) =>
  element.matches('.bubble')
    ? [...element.querySelectorAll('.visually-hidden, .bubble__text')].map(wordsOf).join(' ')
    : wordsOf(element);

/** The server gives the newest messages. Earlier ones on the page stay, unless none of the newest was known. */
function keepEarlier(fresh, known) {
  const list = part('messages', fresh);
  const first = [...list.children].find((item) => item.matches('.bubble') && known.has(item.id));
  if (!first) return;
  const current = [...part('messages').children];
  const earlier = current.slice(
    0,
    current.findIndex(({ id }) => id === first.id),
  );
  const isEarlier = new Set(earlier.map(({ id }) => id));
  for (const item of [...list.children]) if (isEarlier.has(item.id)) item.remove();
  list.prepend(...earlier.map((item) => item.cloneNode(true)));
  part('earlier', fresh)?.remove();
  const link = part('earlier');
  if (link) list.before(link.cloneNode(true));
}

/** A form with words in it stays when one may no longer write, and so does one that says what was wrong. */
function keepReply(fresh) {
  const [old, next] = [part('reply'), part('reply', fresh)];
  const isRefused = Boolean(old.querySelector('.field__error'));
  if (next.matches('form') && old.matches('form') ? isRefused : isTyping()) next.replaceWith(old.cloneNode(true));
}

/** The column is reversed: its end is where scrolling begins. */
const isAtEnd = () => Math.abs(scroller.scrollTop) < NEAR_PX;
const toEnd = (behavior) => scroller.scrollTo({ top: 0, behavior });

/** Remembers the first message in sight; the function it gives puts it back to where it was. */
function holdPlace() {
  const { top } = scroller.getBoundingClientRect();
  const anchor = [...part('messages').children].find((item) => item.getBoundingClientRect().bottom > top);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  return () => {
    if (anchor?.isConnected) scroller.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: 'instant' });
  };
}

function offerNewer() {
  newer.hidden = false;
}

function watchVisibility() {
  // Who does not look costs nothing; who looks again is told what they missed.
  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : follow()));
  // Leaving ends it at once: the number of streams a person may have open is small.
  addEventListener('pagehide', rest);
  addEventListener('pageshow', follow);
}

if (page) {
  newer.addEventListener('click', () => toEnd('auto'));
  const seen = () => {
    if (isAtEnd()) newer.hidden = true;
  };
  scroller.addEventListener('scroll', seen, { passive: true });
  watchVisibility();
  follow();
}
