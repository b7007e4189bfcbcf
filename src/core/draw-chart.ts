/** Null: not measured. */
export interface ChartRow {
  label: string;
  values: (number | null)[];
}

/** In percent of the drawing, from its upper left corner. */
interface Slot extends ChartRow {
  x: number;
  width: number;
  bars: { series: number; x: number; y: number; width: number; height: number }[];
}

export interface Chart {
  /** Lowest first, at equal distances. */
  ticks: number[];
  slots: Slot[];
  paths: string[];
  /** `minor` labels have no room on a phone. */
  labels: { label: string; x: number; minor: boolean }[];
}

const MOST_TICKS = 5;
const MOST_LABELS = 6;
// Fewer slots would make very broad bars.
const FEWEST_SLOTS = 8;
const USED_OF_SLOT = 0.7;
const NICE_STEPS = [1, 2, 5, 10];

/** Rows come oldest first. */
export function drawChart(rows: ChartRow[]): Chart {
  const highest = Math.max(0, ...rows.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const step = niceStep(highest / (MOST_TICKS - 1));
  const count = Math.max(1, Math.ceil(highest / step));
  const heightOf = (value: number): number => (value / (step * count)) * 100;
  const width = 100 / Math.max(rows.length, FEWEST_SLOTS);
  const slots = rows.map((row, at) => slotOf(row, { x: at * width, width, heightOf }));
  const every = Math.ceil(rows.length / MOST_LABELS);
  return {
    ticks: Array.from({ length: count + 1 }, (_, at) => at * step),
    slots,
    paths: (rows[0]?.values ?? []).map((_, series) => pathOf(slots, series, heightOf)),
    labels: slots
      .filter((_, at) => at % every === 0)
      .map(({ label, x }, at) => ({ label, x: rounded(x + width / 2), minor: at % 2 === 1 })),
  };
}

export function shareBars(rows: ChartRow[]): { label: string; percent: number }[] {
  const most = Math.max(1, ...rows.map(({ values }) => values[0] ?? 0));
  return rows.map(({ label, values }) => ({ label, percent: rounded(((values[0] ?? 0) / most) * 100) }));
}

export const chartRows = (days: { day: string; [field: string]: unknown }[], fields: string[]): ChartRow[] =>
  days.map((day) => ({ label: day.day, values: fields.map((field) => day[field] as number | null) }));

interface Place {
  x: number;
  width: number;
  heightOf: (value: number) => number;
}

function slotOf(row: ChartRow, { x, width, heightOf }: Place): Slot {
  const barWidth = (width * USED_OF_SLOT) / row.values.length;
  const left = x + (width * (1 - USED_OF_SLOT)) / 2;
  const bars = row.values.flatMap((value, series) => {
    if (!value) return [];
    const height = heightOf(value);
    return {
      series,
      x: rounded(left + series * barWidth),
      y: rounded(100 - height),
      width: rounded(barWidth),
      height: rounded(height),
    };
  });
  return { ...row, x: rounded(x), width: rounded(width), bars };
}

/** A row without a value is skipped, and the line continues. */
function pathOf(slots: Slot[], series: number, heightOf: Place['heightOf']): string {
  const points = slots.flatMap(({ x, width, values }) => {
    const value = values[series];
    return value === null || value === undefined ? [] : `${rounded(x + width / 2)} ${rounded(100 - heightOf(value))}`;
  });
  // A line of length 0 shows as a dot.
  return points.length === 1 ? `M${points[0]}h0` : points.length > 1 ? `M${points.join('L')}` : '';
}

function niceStep(step: number): number {
  const wanted = Math.max(step, 1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return (NICE_STEPS.find((nice) => nice * power >= wanted) ?? 10) * power;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
