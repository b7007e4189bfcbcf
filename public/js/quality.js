// A trial or a check that runs: its part of the page follows it until its end. Without this script a reload does the same.
const EVERY_MS = 3_000;

async function follow() {
  const box = document.querySelector('[data-trial]');
  if (!box?.hasAttribute('data-running')) return;
  if (!document.hidden) {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' }).catch(() => null);
    const html = answer?.ok ? await answer.text().catch(() => null) : null;
    const fresh = html && new DOMParser().parseFromString(html, 'text/html').querySelector('[data-trial]');
    // What a person has opened stays so.
    const callbacks = { beforeAttributeUpdated: (name) => name !== 'open' };
    if (fresh) Idiomorph.morph(box, document.adoptNode(fresh), { morphStyle: 'outerHTML', callbacks });
  }
  setTimeout(follow, EVERY_MS);
}

setTimeout(follow, EVERY_MS);
