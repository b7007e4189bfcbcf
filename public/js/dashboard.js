// Keeps the dashboard up to date: the stream says that something changed, the server renders that part again, and idiomorph
// changes what differs. While somebody waits, the ages are read anew every minute.
const AGE_MS = 60_000;
const live = () => document.querySelector('[data-dashboard]');
let events = null;
let isStale = false;
let isRefreshing = false;

async function refresh() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isStale) {
    isStale = false;
    const answer = await fetch('/dashboard/live', { headers: { accept: 'text/html' } }).catch(() => null);
    if (answer?.ok) show(await answer.text());
  }
  isRefreshing = false;
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-dashboard]');
  if (fresh) Idiomorph.morph(live(), document.adoptNode(fresh), { morphStyle: 'outerHTML' });
}

function follow() {
  if (events || document.hidden) return;
  events = new EventSource(`/dashboard/events?seen=${encodeURIComponent(live().dataset.version)}`);
  events.addEventListener('changed', refresh);
  events.addEventListener('end', rest);
}

function rest() {
  events?.close();
  events = null;
}

if (live()) {
  // Who does not look costs nothing, and the number of streams a person may have open is small.
  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : follow()));
  addEventListener('pagehide', rest);
  addEventListener('pageshow', follow);
  setInterval(() => !document.hidden && live().querySelector('time') && refresh(), AGE_MS);
  follow();
}
