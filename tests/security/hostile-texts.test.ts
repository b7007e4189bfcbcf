// S40, S69: texts of customers and of the AI, nested and unbalanced, at most 100,000 characters long. None may hold up the loop.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimsIn } from '../../src/core/claims-in-text.ts';
import { cleanAnswer, wholeLines } from '../../src/core/clean-answer.ts';
import { isComplaint } from '../../src/core/complaint.ts';
import { declinesOffer } from '../../src/core/decline-offer.ts';
import { detectLanguage } from '../../src/core/detect-language.ts';
import { readStructuredAnswer } from '../../src/core/read-answer.ts';
import { smallTalkOf } from '../../src/core/small-talk.ts';
import { splitText } from '../../src/core/split-text.ts';
import { unlinked } from '../../src/core/unlinked.ts';
import { wantsPerson } from '../../src/core/wants-person.ts';
import { messageParts, wordsOf } from '../../src/core/words/message-parts.ts';
import { styledHtml } from '../../src/core/words/styled-html.ts';
import { soak } from '../support/soak.ts';
import { parseHtml } from '../support/telegram-emulator/html-entities.ts';

const CHARS = 100_000;
// A quiet machine needs at most half of it.
const LIMIT_MS = 400;
const BOT = { botName: 'Oltin Non', instructions: ['You are a very helpful assistant of a bakery.'] };

const telegramParts = (text: string) =>
  messageParts(wordsOf(text, 'ai'), { form: 'styles', limit: { max: 4_096, unit: 'utf16' } });

const READERS: Record<string, (text: string) => unknown> = {
  'Telegram’s renderer': (text) => telegramParts(text).map(styledHtml),
  'WhatsApp’s renderer': (text) => messageParts(wordsOf(text, 'ai'), { form: 'marks', limit: { max: 4_096, unit: 'utf16' } }),
  'Instagram’s renderer': (text) =>
    messageParts(wordsOf(text, 'ai'), { form: 'plain', limit: { max: 1_000, unit: 'utf8-bytes' } }),
  cleaning: (text) => cleanAnswer(text, BOT),
  'the whole lines': wholeLines,
  'splitting by UTF-16': (text) => splitText(text, { max: 4_096, unit: 'utf16' }),
  'splitting by bytes': (text) => splitText(text, { max: 1_000, unit: 'utf8-bytes' }),
  claims: claimsIn,
  'a structured answer': readStructuredAnswer,
  unlinking: unlinked,
  'a wish for a person': wantsPerson,
  'a complaint': isComplaint,
  'a declined offer': declinesOffer,
  'small talk': smallTalkOf,
  'the language': detectLanguage,
};

const MARKS = [
  '*',
  '**',
  '***',
  '_',
  '`',
  '```',
  '[a](',
  'http://',
  '# ',
  '- ',
  '|',
  '--',
  '<entry',
  '<think>',
  '{"',
  '[e1, ',
  '\n',
  ' ',
];
const WORDS = [
  'a',
  '. ',
  'Ж ',
  '1 000 ',
  '12 may ',
  '+998 90 ',
  'AI: ',
  'soʻm ',
  'a@b.',
  '👨‍👩‍👧',
  '\u0301',
  'Thoughts:\n\n',
  '9:00-',
  '/',
];
const OTHERS = ['*', '_', '`', ' ', '\n'];
const filled = (piece: string): string => piece.repeat(Math.ceil(CHARS / piece.length)).slice(0, CHARS);
const HOSTILE = [
  ...[...MARKS, ...WORDS].map(filled),
  ...['*', '**', '_', '[', '('].map(
    (mark) => filled(mark).slice(0, CHARS / 4) + 'a'.repeat(CHARS / 2) + filled(mark).slice(0, CHARS / 4),
  ),
  // Each mark with one other, in the soak with each.
  ...MARKS.flatMap((mark, i) =>
    OTHERS.filter((_, j) => soak(i % OTHERS.length, j) === j).map((other) => filled(`${mark}a ${other}b `)),
  ),
  `a${'\n'.repeat(CHARS - 2)}x`,
  `AI${' '.repeat(CHARS - 3)}x`,
];

/** CPU time of the fastest of three tries; one try when the first is fast. */
function costMs(read: (text: string) => unknown, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3 && best > LIMIT_MS; i++) {
    const before = process.threadCpuUsage();
    read(text);
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

test.each(Object.entries(READERS))(
  'no text of 100,000 characters holds up %s',
  (_name, read) => {
    const slow = HOSTILE.map((text) => ({ text: text.slice(0, 20), ms: costMs(read, text) })).filter(({ ms }) => ms > LIMIT_MS);
    expect(slow).toEqual([]);
  },
  60_000,
);

test('nested and unbalanced marks of any length stay well-formed for Telegram', () => {
  const texts = fc
    .array(fc.constantFrom(...MARKS, ...WORDS), { minLength: 1, maxLength: 40 })
    .chain((pieces) => fc.integer({ min: 1, max: 2_000 }).map((times) => pieces.join('').repeat(times).slice(0, CHARS)));
  fc.assert(
    fc.property(texts, (text) => {
      expect(costMs(telegramParts, text)).toBeLessThan(5 * LIMIT_MS);
      for (const part of telegramParts(text)) expect(parseHtml(styledHtml(part))).toMatchObject({ ok: true, text: part.text });
    }),
    { numRuns: soak(20, 60) },
  );
});
