// Draws each [data-chart] from the table it names: the numbers stand in the page, the chart is a picture of them. Without this
// script, or Chart.js, the table is there all the same.
const css = getComputedStyle(document.documentElement);
const token = (name) => css.getPropertyValue(`--${name}`).trim();
const SERIES = ['accent', 'link', 'warn'];
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
const format = new Intl.NumberFormat(document.documentElement.lang);
const TICKS = 8;

/** Labels and columns of the table, all or those `drawn`; newest rows come first there, and stand on the right here. */
function readTable(table, { reverse, drawn }) {
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const rows = [...table.tBodies[0].rows];
  if (reverse) rows.reverse();
  const columns = heads.map((head, at) => ({ head, at })).filter(({ at }) => !drawn || drawn.includes(at));
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    columns: columns.map(({ head, at }) => ({
      label: head.textContent.trim(),
      values: rows.map(({ cells }) => {
        const { value } = cells[at + 1].dataset;
        return value === undefined || value === '' ? null : Number(value);
      }),
    })),
  };
}

const datasetsOf = (columns, type) =>
  columns.map(({ label, values }, at) => {
    const color = token(SERIES[at % SERIES.length]);
    const line = { borderColor: color, borderWidth: 2, pointRadius: 0, pointHitRadius: 12, tension: 0.25, spanGaps: true };
    return {
      label,
      data: values,
      backgroundColor: color,
      ...(type === 'line' ? line : { borderRadius: 3, maxBarThickness: 28 }),
    };
  });

function optionsOf({ horizontal, legend }) {
  const quiet = { color: token('quiet'), font: { family: getComputedStyle(document.body).fontFamily, size: 12 } };
  const numbers = {
    beginAtZero: true,
    grid: { color: token('line') },
    ticks: { ...quiet, maxTicksLimit: horizontal ? 4 : 6, precision: 0 },
  };
  const labels = { grid: { display: false }, ticks: { ...quiet, maxTicksLimit: horizontal ? undefined : TICKS, maxRotation: 0 } };
  return {
    animation: still ? false : { duration: 300 },
    maintainAspectRatio: false,
    locale: format.resolvedOptions().locale,
    indexAxis: horizontal ? 'y' : 'x',
    interaction: { mode: 'index', intersect: false, axis: horizontal ? 'y' : 'x' },
    scales: horizontal ? { x: numbers, y: labels } : { x: labels, y: numbers },
    plugins: {
      legend: { display: legend, align: 'start', labels: { ...quiet, boxWidth: 12, boxHeight: 12 } },
      tooltip: {
        backgroundColor: token('raised'),
        titleColor: token('text'),
        bodyColor: token('text'),
        borderColor: token('line-strong'),
        borderWidth: 1,
      },
    },
  };
}

function draw(box) {
  const horizontal = box.dataset.chart === 'shares';
  const type = box.dataset.chart === 'line' ? 'line' : 'bar';
  const { labels, columns } = readTable(document.getElementById(box.dataset.of), {
    reverse: !horizontal,
    drawn: box.dataset.columns?.split(' ').map(Number),
  });
  const canvas = document.createElement('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  box.append(canvas);
  const options = optionsOf({ horizontal, legend: columns.length > 1 });
  new Chart(canvas, { type, data: { labels, datasets: datasetsOf(columns, type) }, options });
}

if (globalThis.Chart) {
  for (const box of document.querySelectorAll('[data-chart]')) draw(box);
}
