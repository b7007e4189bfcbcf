// A broadcast's numbers while it is sent, by server-sent events. At the end, or when its state changes, the page is loaded anew:
// it shows the same without this script.
const box = document.querySelector('[data-broadcast]');
const format = new Intl.NumberFormat(document.documentElement.lang);

function show({ state, counts, done, goal }) {
  if (state !== box.dataset.state) return location.reload();
  for (const part of box.querySelectorAll('[data-count]')) part.textContent = format.format(counts[part.dataset.count] ?? 0);
  box.querySelector('[data-number="done"]').textContent = format.format(done);
  box.querySelector('[data-number="goal"]').textContent = format.format(goal);
  const meter = box.querySelector('[data-meter]');
  meter.max = Math.max(goal, 1);
  meter.value = done;
}

if (box) {
  const events = new EventSource(box.dataset.broadcast);
  events.addEventListener('progress', (event) => show(JSON.parse(event.data)));
  events.addEventListener('end', () => {
    events.close();
    location.reload();
  });
  // Leaving ends it at once: the number of streams a person may have open is small.
  addEventListener('pagehide', () => events.close());
}
