// Keeps the list of open questions up to date: the stream says that something changed, the server renders the list again, and
// idiomorph changes what differs. An empty page is loaded again. What is typed is never touched.
const list = document.querySelector('[data-questions]');
let isStale = false;
let isRefreshing = false;

async function refresh() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isStale) {
    isStale = false;
    const answer = await fetch(`${list.dataset.questions}/live${location.search}`, { headers: { accept: 'text/html' } }).catch(
      () => null,
    );
    if (answer?.ok) show(await answer.text());
  }
  isRefreshing = false;
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-questions]');
  if (!fresh) return;
  if (list.querySelector('.list')) Idiomorph.morph(list, document.adoptNode(fresh), { morphStyle: 'outerHTML' });
  else if (fresh.querySelector('li')) location.reload();
}

if (list) {
  const events = new EventSource(`${list.dataset.questions}/events?seen=${encodeURIComponent(list.dataset.version)}`);
  events.addEventListener('changed', refresh);
  events.addEventListener('end', () => events.close());
  // Leaving ends it at once: the number of streams a person may have open is small.
  addEventListener('pagehide', () => events.close());
}
