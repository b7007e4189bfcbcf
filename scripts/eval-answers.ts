// npm run eval:answers [-- FILE.json …] [--questions] [--misses] [--markdown]: asks the questions of made-up businesses through
// the code that answers customers, with and without AI, and prints a table by category. Default: all of tests/fixtures/answers.
// --questions: each entry has the questions that stand for generated ones. Format of a file: docs/answers.md.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createAnswerComposer } from '#answering/compose-answer.ts';
import type { AnswerAi } from '#answering/draft-answer.ts';
import { createKnowledgeSearch } from '#answering/knowledge-search.ts';
import { knowledgeInMemory } from '#answering/knowledge-source.ts';
import { createSentences } from '#answering/sentences.ts';
import type { HistoryTurn } from '#core/message.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { foldText } from '#core/search/fold-text.ts';
import { createI18n } from '#platform/i18n/i18n.ts';

const business = z.object({
  name: z.string(),
  botName: z.string(),
  entries: z.array(z.object({ id: z.string(), lang: z.string(), title: z.string(), content: z.string() })),
  questions: z.array(
    z.object({
      category: z.string(),
      language: z.enum(['uz', 'uz-Cyrl', 'ru', 'en']).nullable(),
      text: z.string(),
      before: z.array(z.string()).optional(),
      expected: z.array(z.string()),
      fact: z.string().optional(),
    }),
  ),
});
type Business = z.infer<typeof business>;
type Question = Business['questions'][number];

const OUTCOMES = ['right', 'wrong', 'offered', 'offered others', 'nothing'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface Result {
  question: Question;
  /** The fact stands in what the AI is given. */
  given: boolean;
  outcome: Outcome;
  /** Whether an Uzbek answer has the customer's script; null = no Uzbek answer was sent. */
  scriptRight: boolean | null;
  reply: string;
  tookMs: number;
}

const QUESTIONS = join(import.meta.dirname, '../tests/fixtures/entry-questions');
const FIXTURES = join(import.meta.dirname, '../tests/fixtures/answers');
const { values, positionals } = parseArgs({
  options: { questions: { type: 'boolean' }, misses: { type: 'boolean' }, markdown: { type: 'boolean' } },
  allowPositionals: true,
});
const files = positionals.length > 0 ? positionals : (await readdir(FIXTURES)).sort().map((file) => join(FIXTURES, file));
const NOBODY = { known: null, chosen: false, platformLanguage: null };
const sentence = createSentences({ i18n: await createI18n() });

const results: Result[] = [];
for (const file of files) {
  const asked = business.parse(JSON.parse(await readFile(file, 'utf8')));
  const own = await evaluate(asked, values.questions ? await questionsFor(file) : {});
  print(asked.name, own);
  results.push(...own);
}
if (files.length > 1) print('all', results);
if (values.misses) printMisses(results);

async function questionsFor(file: string): Promise<Record<string, string[]>> {
  const text = await readFile(join(QUESTIONS, basename(file)), 'utf8');
  return z.record(z.string(), z.array(z.string())).parse(JSON.parse(text));
}

async function evaluate({ name, botName, entries, questions }: Business, generated: Record<string, string[]>): Promise<Result[]> {
  const enriched = entries.map((entry) => ({ ...entry, questions: generated[entry.id] ?? [] }));
  const search = createKnowledgeSearch({ source: knowledgeInMemory(() => enriched) });
  let prompt = '';
  const ai: AnswerAi = {
    answer: async ({ systemInstruction }) => {
      prompt = systemInstruction;
      return { ok: false, reason: 'overloaded' };
    },
  };
  const composer = createAnswerComposer({ search, ai, sentence });
  const bot = { id: name, name: botName, systemPrompt: '', knowledgeVersion: 1 };

  async function ask(text: string, history: HistoryTurn[], aiRefusal: 'no_key' | null) {
    const known = history.length > 0 ? replyLanguage({ text: history[0]?.text ?? '', ...NOBODY }) : null;
    const language = replyLanguage({ text, ...NOBODY, known });
    return composer.compose({ tenantId: 'eval', bot, language, text, media: [], history, aiRefusal });
  }

  const found: Result[] = [];
  for (const question of questions) {
    const history: HistoryTurn[] = [];
    for (const text of question.before ?? []) {
      history.push({ role: 'customer', text }, { role: 'bot', text: (await ask(text, history, 'no_key')).text });
    }
    prompt = '';
    await ask(question.text, history, null);
    const given = question.fact !== undefined && holds(prompt, question.fact);
    const startedMs = performance.now();
    const reply = await ask(question.text, history, 'no_key');
    const tookMs = performance.now() - startedMs;
    const outcome = outcomeOf(reply, question);
    const scriptRight = reply.mode === 'knowledge' ? hasScript(entries, reply, question.language) : null;
    found.push({ question, given, outcome, scriptRight, reply: reply.text, tookMs });
  }
  return found;
}

function outcomeOf(reply: { text: string; mode: string; options?: { id: string }[] }, { fact, expected }: Question): Outcome {
  if (reply.options) return reply.options.some(({ id }) => expected.includes(id)) ? 'offered' : 'offered others';
  if (reply.mode !== 'knowledge') return 'nothing';
  return fact !== undefined && holds(reply.text, fact) ? 'right' : 'wrong';
}

/** Compared without case, script, accents and spaces: a converted answer holds the same fact. */
function holds(text: string, fact: string): boolean {
  const plain = (value: string) => foldText(value).replace(/[\s\u00a0'’ʻʼ]/g, '');
  return plain(text).includes(plain(fact));
}

/** Latin Uzbek has no Cyrillic letter; of Cyrillic Uzbek most letters are Cyrillic, since brands and names stay Latin. */
function hasScript(
  entries: Business['entries'],
  reply: { text: string; sources: { id: string }[] },
  language: Question['language'],
): boolean | null {
  const isUzbek = reply.sources.every(({ id }) => entries.find((entry) => entry.id === id)?.lang.startsWith('uz'));
  if (!isUzbek || !language?.startsWith('uz')) return null;
  const cyrillic = reply.text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  const latin = reply.text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return language === 'uz' ? cyrillic === 0 : cyrillic >= latin;
}

function print(name: string, own: Result[]): void {
  const answerable = own.filter(({ question }) => question.expected.length > 0);
  const categories = [...new Set(answerable.map(({ question }) => question.category))];
  const rows = categories.map((category) =>
    rowOf(
      category,
      answerable.filter(({ question }) => question.category === category),
    ),
  );
  rows.push(rowOf('all answerable', answerable));
  console.log(`\n${name}`);
  const table = [['category', 'n', 'given to AI', ...OUTCOMES], ...rows];
  for (const row of table) console.log(lineOf(row));
  for (const category of ['none', 'smalltalk']) {
    const silent = own.filter(({ question }) => question.category === category);
    const sent = silent.filter(({ outcome }) => outcome === 'wrong').length;
    const offered = silent.filter(({ outcome }) => outcome === 'offered others').length;
    console.log(
      `${category}: ${silent.length} asked, sent ${share(sent, silent.length)}, offered ${share(offered, silent.length)}`,
    );
  }
  const uzbek = own.filter(({ scriptRight }) => scriptRight !== null);
  console.log(`Uzbek answers in the customer's script: ${share(uzbek.filter((one) => one.scriptRight).length, uzbek.length)}`);
  const times = own.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  console.log(`ms per answer without AI, p95: ${(times[Math.floor(times.length * 0.95)] ?? 0).toFixed(2)}`);
}

function rowOf(category: string, own: Result[]): string[] {
  const counted = OUTCOMES.map((outcome) => share(own.filter((one) => one.outcome === outcome).length, own.length));
  return [category, String(own.length), share(own.filter(({ given }) => given).length, own.length), ...counted];
}

function lineOf(cells: string[]): string {
  if (values.markdown) return `| ${cells.join(' | ')} |`;
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(15))).join('');
}

function share(count: number, of: number): string {
  return of === 0 ? '-' : `${((count / of) * 100).toFixed(1)} %`;
}

function printMisses(all: Result[]): void {
  for (const { question, outcome, given, reply, scriptRight } of all) {
    const fine = question.expected.length > 0 ? outcome === 'right' && given : outcome === 'nothing';
    if (fine && scriptRight !== false) continue;
    const script = scriptRight === false ? ' SCRIPT' : '';
    const before = question.before ? `${question.before.join(' / ')} → ` : '';
    console.log(
      `\n${question.category} [${outcome}${given || !question.fact ? '' : ', not given'}${script}] ${before}${question.text}`,
    );
    console.log(`  expected ${question.expected.join(', ') || 'nothing'}: ${question.fact ?? ''}`);
    console.log(`  sent: ${reply.replaceAll('\n', ' / ').slice(0, 160)}`);
  }
}
