// npm run bench -- [--quick] [--runs 3] [--only saturation,rate50] [--targets script,postgres,embedded] [--json FILE]
// Compares the product with the script a developer would write instead and prints medians. Targets take turns within each run, so
// that all see the same machine. Postgres: BENCH_DATABASE_URL, else the server on 127.0.0.1.
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { postgresAnswers } from './database.ts';
import { machine, mediansOf, type Run, tableOf } from './report.ts';
import { FULL, QUICK, SCENARIOS } from './scenarios.ts';
import type { TargetName } from './target.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    only: { type: 'string', default: Object.keys(SCENARIOS).join(',') },
    targets: { type: 'string', default: 'script,postgres,embedded' },
    json: { type: 'string' },
  },
});
const times = options.quick ? QUICK : FULL;
const runCount = Number(options.runs ?? (options.quick ? 1 : 3));
const scenarios = options.only.split(',');
const unknown = scenarios.filter((name) => !SCENARIOS[name]);
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; known: ${Object.keys(SCENARIOS).join(', ')}`);
const hasPostgres = await postgresAnswers();
const targets = (options.targets.split(',') as TargetName[]).filter((target) => target !== 'postgres' || hasPostgres);
if (!hasPostgres) console.error('No Postgres answers: measured without it.');

const runs: Run[] = [];
for (let i = 1; i <= runCount; i += 1) {
  for (const scenario of scenarios) {
    for (const target of targets) {
      const numbers = await SCENARIOS[scenario]?.(target, times);
      if (!numbers) continue;
      runs.push({ scenario, target, numbers });
      console.error(
        `run ${i} ${scenario} ${target} (load average ${loadavg()[0]?.toFixed(1)}): ${JSON.stringify(rounded(numbers))}`,
      );
    }
  }
}

const medians = mediansOf(runs);
console.log(`${JSON.stringify(machine())}, ${runCount} run(s) of ${times.measureMs / 1_000} s\n${tableOf(medians)}`);
if (options.json) await writeFile(options.json, JSON.stringify({ machine: machine(), times, medians, runs }, null, 2));
// The AI that never answers would keep the process alive for days.
process.exit(0);

function rounded(numbers: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Math.round(value * 1_000) / 1_000]));
}
