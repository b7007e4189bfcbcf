// npm run eval:search -- FILE.json [--without-titles]: SQuAD JSON. Every paragraph is an entry titled by its article, and every
// question must find its own paragraph through the product's search.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createKnowledgeSearch } from '#answering/knowledge-search.ts';
import { type KnowledgeText, knowledgeInMemory } from '#answering/knowledge-source.ts';

const squad = z.object({
  data: z.array(
    z.object({
      title: z.string().optional(),
      paragraphs: z.array(z.object({ context: z.string(), qas: z.array(z.object({ question: z.string() })) })),
    }),
  ),
});

const { values, positionals } = parseArgs({ options: { 'without-titles': { type: 'boolean' } }, allowPositionals: true });
const [file] = positionals;
if (!file) {
  console.error('Usage: npm run eval:search -- FILE.json [--without-titles]');
  process.exit(1);
}

const entries: KnowledgeText[] = [];
const questions: { text: string; entryId: string }[] = [];
for (const article of squad.parse(JSON.parse(await readFile(file, 'utf8'))).data) {
  for (const { context, qas } of article.paragraphs) {
    const id = String(entries.length + 1);
    const title = values['without-titles'] ? id : (article.title ?? id).replaceAll('_', ' ');
    entries.push({ id, title, content: context });
    questions.push(...qas.map(({ question }) => ({ text: question, entryId: id })));
  }
}

const knowledge = createKnowledgeSearch({ source: knowledgeInMemory(() => entries) });
const search = (query: string) => knowledge.search({ tenantId: 'eval', botId: 'eval', knowledgeVersion: 1, query });
const buildStarted = performance.now();
await search('x');
const buildMs = performance.now() - buildStarted;

let first = 0;
let firstThree = 0;
let reciprocalRanks = 0;
let nothing = 0;
const times: number[] = [];
for (const { text, entryId } of questions) {
  const started = performance.now();
  const hits = await search(text);
  times.push(performance.now() - started);
  const rank = hits.findIndex((hit) => hit.id === entryId) + 1;
  if (rank === 1) first++;
  if (rank >= 1) {
    firstThree++;
    reciprocalRanks += 1 / rank;
  }
  if (hits.length === 0) nothing++;
}

times.sort((a, b) => a - b);
const share = (count: number): string => (questions.length === 0 ? '-' : (count / questions.length).toFixed(4));
const percentile = (part: number): string => (times[Math.floor(times.length * part)] ?? 0).toFixed(2);
console.log(`entries ${entries.length}, questions ${questions.length}, index built in ${buildMs.toFixed(0)} ms`);
console.log(`recall@1 ${share(first)}`);
console.log(`recall@3 ${share(firstThree)}`);
console.log(`MRR ${share(reciprocalRanks)} (of the first three)`);
console.log(`nothing fits ${share(nothing)}`);
console.log(`ms per search p50 ${percentile(0.5)} p95 ${percentile(0.95)}`);
