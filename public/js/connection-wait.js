// Waits for what happens elsewhere: a connection that comes up, the first customer's message. When the status differs from
// what is shown, the live parts are taken from a fresh page. Without this script a reload shows the same.
const POLL_MS = 3_000;
const box = document.querySelector('[data-connections]');
let timer = 0;

async function look() {
  timer = 0;
  const answer = await ask(`${box.dataset.connections}/status`, 'application/json');
  // Signed out or deleted meanwhile: nothing more to wait for.
  if (answer && !answer.ok) return;
  const status = await answer?.json().catch(() => null);
  if (status && status.version !== box.dataset.version) await refresh(status.version);
  if (!status || status.waiting) wait();
}

async function refresh(version) {
  const answer = await ask(box.dataset.connections, 'text/html');
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of box.querySelectorAll('[data-live]')) {
    const next = fresh.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if (next) Idiomorph.morph(part, next, { morphStyle: 'outerHTML' });
  }
  const [badge, freshBadge] = [document, fresh].map((page) => page.querySelector('.page-header__acts .status'));
  if (badge && freshBadge) Idiomorph.morph(badge, freshBadge, { morphStyle: 'outerHTML' });
  box.dataset.version = version;
}

const ask = (path, accept) => fetch(path, { headers: { accept }, redirect: 'error' }).catch(() => null);

function wait() {
  if (timer === 0 && !document.hidden) timer = setTimeout(look, POLL_MS);
}

if (box?.dataset.version) {
  document.addEventListener('visibilitychange', wait);
  wait();
}
