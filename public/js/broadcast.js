// Keeps a broadcast's page up to date: the stream says that something changed, the server renders the page's part again, and
// idiomorph changes what differs. Without this script a reload shows the same.
const box = document.querySelector('[data-broadcast]');
let isStale = false;
let isRefreshing = false;

async function refresh() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isStale) {
    isStale = false;
    show(await ask());
  }
  isRefreshing = false;
}

async function ask() {
  const answer = await fetch(`${box.dataset.broadcast}/live`, { headers: { accept: 'text/html' }, redirect: 'error' }).catch(
    () => null,
  );
  return answer?.ok ? answer.text().catch(() => null) : null;
}

function show(html) {
  if (html === null) return;
  const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-broadcast]');
  // What a person has opened stays open.
  const callbacks = { beforeAttributeUpdated: (name) => name !== 'open' };
  if (fresh) Idiomorph.morph(box, document.adoptNode(fresh), { morphStyle: 'outerHTML', callbacks });
}

if (box?.dataset.events) {
  const events = new EventSource(box.dataset.events);
  events.addEventListener('changed', refresh);
  events.addEventListener('end', () => {
    events.close();
    refresh();
  });
  // Leaving ends it at once: the number of streams a person may have open is small.
  addEventListener('pagehide', () => events.close());
}
