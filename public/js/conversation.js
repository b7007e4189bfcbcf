// The open thread: the server renders it again when something is new, and idiomorph changes what differs. What is being typed, the
// focus and the reading position stay. Earlier messages come while one scrolls up. Without this script it stays as it was loaded.
const page = document.querySelector('[data-conversation]');
const [stopped, newer] = ['stopped', 'newer'].map((name) => page?.querySelector(`[data-${name}]`));
const said = document.querySelector('[data-said]');
const scroller = page?.querySelector('[data-scroll]');
const AGAIN_MS = 15_000;
const MOST_SAID = 3;
const NEAR_PX = 48;
const EARLY_PX = 600;
const MOST_PAGES = 40;
/** What is typed, its draft's id (it keeps a second send from doubling the message), and what this script shows and hides. */
const KEPT =
  'textarea, [name="draft"], [data-newer], [data-stopped], [data-file], [data-chosen], [data-file-error], [data-record]';

const part = (name, root = page) => root.querySelector(`[data-part="${name}"]`);
const field = () => part('reply').elements?.namedItem('text');
const isTyping = () => Boolean(field()?.value.trim());
const wordsOf = (element) => element.textContent.replaceAll(/\s+/g, ' ').trim();
const tell = (name) => document.dispatchEvent(new CustomEvent(name));

let isCatchingUp = false;
let isStale = false;
let isOver = false;

/** Nothing more will come. What was typed is kept by public/js/composer.js. */
function over() {
  if (isOver) return;
  isOver = true;
  if (!isTyping() && !part('messages').querySelector('[data-unsent]')) return location.reload();
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

/** The fresh page, null when the network or the server is away for a moment, undefined when there is none any more. */
async function load(query = '') {
  const answer = await fetch(`${page.dataset.conversation}/live${query}`, { headers: { accept: 'text/html' } }).catch(() => null);
  const text = answer && answer.status < 500 ? await answer.text().catch(() => null) : null;
  if (text === null) return null;
  const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('.inbox__open');
  return fresh ? document.adoptNode(fresh) : undefined;
}

async function catchUp() {
  while (isStale && !isOver) {
    isStale = false;
    const fresh = await load();
    if (fresh === null) return void setTimeout(refresh, AGAIN_MS);
    if (!fresh) return tell('inbox:ended');
    show(fresh);
  }
}

function show(fresh) {
  const [wasAtEnd, keepPlace] = [isAtEnd(), holdPlace()];
  const known = new Set([...part('messages').children].map(({ id }) => id));
  const hasNotices = !part('notices').isEqualNode(part('notices', fresh));
  keepEarlier(fresh, known);
  keepUnsent(fresh);
  keepReply(fresh);
  const unsent = part('reply').querySelector('[data-words]')?.textContent;
  Idiomorph.morph(page, fresh, { morphStyle: 'outerHTML', callbacks });
  if (unsent && field()) field().value = unsent;
  const added = [...part('messages').children].filter((item) => item.matches('.bubble') && !known.has(item.id));
  const news = [...added.slice(-MOST_SAID), ...(hasNotices ? part('notices').querySelectorAll('p') : [])];
  if (news.length > 0) said.textContent = news.map(sentenceOf).join(' ');
  keepPlace();
  if (wasAtEnd) toEnd('instant');
  else if (added.some((item) => item.id.startsWith('m'))) newer.hidden = false;
  tell('inbox:shown');
}

/** What somebody opened stays open. */
const mayChangeAttribute = (name, element) => !(name === 'open' && element.matches('details'));
const callbacks = { beforeNodeMorphed: (old) => mayChange(old), beforeAttributeUpdated: mayChangeAttribute };

const mayChange = (old) => !(old instanceof Element && (old.matches(KEPT) || isBeingFilled(old)));

/** A form of the card or the tools that somebody has begun to fill in. */
const isBeingFilled = (element) =>
  element.matches('form:not([data-part])') && (element.contains(document.activeElement) || [...element.elements].some(isChanged));
const isChanged = (one) =>
  one.type === 'checkbox' || one.type === 'radio'
    ? one.checked !== one.defaultChecked
    : one.defaultValue !== undefined && one.value !== one.defaultValue;

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

/** What is on its way to the server stands at the end. */
function keepUnsent(fresh) {
  const unsent = [...part('messages').querySelectorAll('[data-unsent]')];
  part('messages', fresh).append(...unsent.map((item) => item.cloneNode(true)));
}

/** A form with words in it stays when one may no longer write, and so does one that says what was wrong. */
function keepReply(fresh) {
  const [old, next] = [part('reply'), part('reply', fresh)];
  const isRefused = Boolean(old.querySelector('.field__error:not([hidden])'));
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
    const now = anchor?.isConnected && anchor.getBoundingClientRect().top;
    if (typeof now === 'number') scroller.scrollBy({ top: now - before, behavior: 'instant' });
  };
}

let isFetchingEarlier = false;

/** Earlier messages, before one reaches the first. */
async function fetchEarlier() {
  const above = scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop;
  if (above <= EARLY_PX && (await prependEarlier())) fetchEarlier();
}

/** A search leads to one message, which may stand far above. */
async function goToMessage() {
  const wanted = /^#m\d+$/.test(location.hash) ? location.hash.slice(1) : null;
  if (!wanted) return;
  for (let pages = 0; pages < MOST_PAGES && !document.getElementById(wanted); pages += 1) if (!(await prependEarlier())) break;
  if (!document.getElementById(wanted)) return;
  // Anew, since it was not there when the page was opened.
  location.replace(location.hash);
  document.getElementById(wanted).scrollIntoView({ block: 'center', behavior: 'instant' });
}

/** False: there are none, or they are on their way. */
async function prependEarlier() {
  const link = part('earlier')?.querySelector('a');
  if (!link || isFetchingEarlier) return false;
  isFetchingEarlier = true;
  const fresh = await load(new URL(link.href).search);
  if (fresh) {
    const keepPlace = holdPlace();
    const list = part('messages');
    const earlier = [...part('messages', fresh).children].filter(({ id }) => !document.getElementById(id)?.matches('.bubble'));
    // The day that goes on keeps its line above its first message.
    for (const { id } of earlier) document.getElementById(id)?.remove();
    list.prepend(...earlier);
    const next = part('earlier', fresh);
    if (next) part('earlier').replaceWith(next);
    else part('earlier').remove();
    keepPlace();
  }
  isFetchingEarlier = false;
  return Boolean(fresh);
}

if (page) {
  newer.addEventListener('click', () => toEnd('auto'));
  const scrolled = () => {
    if (isAtEnd()) newer.hidden = true;
    fetchEarlier();
  };
  scroller.addEventListener('scroll', scrolled, { passive: true });
  document.addEventListener('inbox:thread', refresh);
  document.addEventListener('inbox:over', over);
  document.addEventListener('inbox:sent', () => {
    toEnd('instant');
    refresh();
  });
  goToMessage().then(fetchEarlier);
}
