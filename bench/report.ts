// Medians and the table.
import { cpus, totalmem } from 'node:os';
import type { Numbers } from './scenarios.ts';

export interface Run {
  scenario: string;
  target: string;
  numbers: Numbers;
}

/** The value below which `share` of the values lie. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The median of all runs for each scenario, target and number. */
export function mediansOf(runs: Run[]): Run[] {
  const groups = Map.groupBy(runs, ({ scenario, target }) => `${scenario} ${target}`);
  return [...groups.values()].map((group) => {
    const [first] = group as [Run, ...Run[]];
    const names = Object.keys(first.numbers);
    const numbers = Object.fromEntries(names.map((name) => [name, median(group.map((run) => run.numbers[name] ?? 0))]));
    return { ...first, numbers };
  });
}

/** A Markdown table per scenario: a column per target, with each number's ratio to the script's. */
export function tableOf(medians: Run[]): string {
  const scenarios = Map.groupBy(medians, ({ scenario }) => scenario);
  return [...scenarios].map(([scenario, group]) => sectionOf(scenario, group)).join('\n');
}

function sectionOf(scenario: string, group: Run[]): string {
  const script = group.find(({ target }) => target === 'script')?.numbers;
  const names = Object.keys(group[0]?.numbers ?? {});
  const cell = ({ target, numbers }: Run, name: string): string => {
    const value = numbers[name] ?? 0;
    const base = script?.[name];
    return target === 'script' || !base ? format(value) : `${format(value)} (${(value / base).toFixed(2)})`;
  };
  const lines = names.map((name) => `| ${[name, ...group.map((run) => cell(run, name))].join(' | ')} |`);
  const head = ['', ...group.map(({ target }) => target)];
  return [`\n### ${scenario}`, `| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...lines].join('\n');
}

const format = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 0));

export function machine(): { cpu: string; cores: number; memoryGb: number; node: string } {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
