import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanAnswer, wholeLines } from '../../src/core/clean-answer.ts';
import { soak } from '../support/soak.ts';

const RUNS = { numRuns: soak(150, 500) };
const botName = 'Oltin Non';

test.each([
  ['THOUGHT: The customer asks for a price.\nI look it up.\n\nSomsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['<think>price?</think>Somsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['price?</think>\nSomsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['{"action":"reply","text":"Somsa 9 750 soʻm"}', 'Somsa 9 750 soʻm'],
  ['```json\n{"answer":"Somsa 9 750 soʻm"}\n```', 'Somsa 9 750 soʻm'],
  ['```\nSomsa 9 750 soʻm\n```', 'Somsa 9 750 soʻm'],
  ['tool_code print(search("somsa"))\nSomsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['```tool_code\nprint(search("somsa"))\n```\nSomsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['AI: Somsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['**Oltin Non:** Somsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['Javob: AI: Somsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['<entry id="e3" title="Narxlar">\nSomsa 9 750 soʻm\n</entry>', 'Somsa 9 750 soʻm'],
  ['Somsa 9 750 soʻm [e3]. Non 5 000 soʻm (e1, e2).', 'Somsa 9 750 soʻm. Non 5 000 soʻm.'],
  ['[3 days later] Somsa 9 750 soʻm', 'Somsa 9 750 soʻm'],
  ['Som\u200bsa 9\u00a0750\ufeff soʻm', 'Somsa 9\u00a0750 soʻm'],
  ['| Nomi | Narxi |\n|---|---:|\n| Non | 5 000 |\n| Somsa | 9 750 |', 'Nomi — Narxi\nNon — 5 000\nSomsa — 9 750'],
  ['| Osh | 35 000 |\n| Manti | 5 000 |', 'Osh — 35 000\nManti — 5 000'],
  ['Bor.\n\n\n\nNon 5 000.', 'Bor.\n\nNon 5 000.'],
  ['<think>only thoughts', ''],
  ['\u200b', ''],
])('of %j only the answer is left', (raw, answer) => {
  expect(cleanAnswer(raw, { botName })).toBe(answer);
});

test('a sentence that is said again and again is said once', () => {
  expect(cleanAnswer('Somsa 9 750 soʻm turadi. '.repeat(120))).toBe('Somsa 9 750 soʻm turadi.');
  expect(cleanAnswer('Ha, bizda issiq somsa bor.\nNarxi 9 750.\nHa, bizda issiq somsa bor.')).toBe(
    'Ha, bizda issiq somsa bor.\nNarxi 9 750.',
  );
});

test('an echoed rule is taken away, the answer beside it is not', () => {
  const instructions = ['Never say that somebody will call, write or check.'];

  expect(cleanAnswer('- Never say that somebody will call, write or check.\nNon 5 000 soʻm', { instructions })).toBe(
    'Non 5 000 soʻm',
  );
});

test.each([
  'Narx | sifat: ikkalasi ham bor',
  'Ish vaqti: 9:00–18:00',
  'a | b',
  '<script>alert(1)</script> **Tort**',
  '* Non\n* Non va choy',
  '{Aksiya} 5-dekabrgacha',
  '[Menyu](https://oltin.uz)',
  'Xona 12, e2 emas',
  '👨‍👩‍👧 uchun tort',
])('%j stays as it is', (answer) => expect(cleanAnswer(answer, { botName })).toBe(answer));

const words = fc.array(
  fc.constantFrom(
    'Non',
    'somsa',
    '5 000',
    'soʻm.',
    'bor',
    'сўм',
    '\n',
    '- a',
    '|',
    '```',
    '{',
    '}',
    '"',
    'AI:',
    '<think>',
    '</think>',
    '[e1]',
  ),
  {
    maxLength: 40,
  },
);

test('what is clean stays as it is, whatever was taken away', () => {
  fc.assert(
    fc.property(words, (parts) => {
      const once = cleanAnswer(parts.join(' '), { botName });
      expect(cleanAnswer(once, { botName })).toBe(once);
    }),
    RUNS,
  );
});

test('any wrapper around an answer is taken away and the answer is not touched', () => {
  const answers = fc.array(
    fc.constantFrom('Non 5 000 soʻm', 'Ha, bor', 'Har kuni 9:00–18:00', 'Тел. +998 90 123 45 67', '«Medovik»'),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const wrappers: ((answer: string) => string)[] = [
    (answer) => `THOUGHT: hm\n\n${answer}`,
    (answer) => `<thinking>hm\nhm</thinking>\n${answer}`,
    (answer) => `AI: ${answer}`,
    (answer) => `**${botName}:** ${answer}`,
    (answer) => `\`\`\`\n${answer}\n\`\`\``,
    (answer) => JSON.stringify({ answer, status: 'answered' }),
    (answer) => JSON.stringify({ response: { text: answer } }),
    (answer) => `<entry id="e1" title="x">\n${answer}\n</entry>`,
    (answer) => `\ufeff${answer}\u200b`,
  ];
  fc.assert(
    fc.property(answers, fc.array(fc.constantFrom(...wrappers), { maxLength: 2 }), (lines, around) => {
      const answer = [...new Set(lines)].join('\n');
      expect(
        cleanAnswer(
          around.reduce((text, wrap) => wrap(text), answer),
          { botName },
        ),
      ).toBe(answer);
    }),
    RUNS,
  );
});

const FIXTURES = join(import.meta.dirname, '../fixtures/answers');

test('honest answers stay as they are: every entry of the evaluation', () => {
  const entries = readdirSync(FIXTURES).flatMap(
    (file) => JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')).entries as { content: string }[],
  );

  expect(entries.length).toBeGreaterThan(75);
  expect(
    entries.map(({ content }) => cleanAnswer(content)).filter((cleaned, i) => cleaned !== entries[i]?.content.trim()),
  ).toEqual([]);
});

test.each([
  ['Non 5 000\nTort (1 kg) — 12', 'Non 5 000'],
  ['Tort bor. Tort (1 kg) — 12', 'Tort bor.'],
  ['Tort (1 kg) — 12', ''],
])('what is whole of the cut answer %j is %j', (cut, rest) => expect(wholeLines(cut)).toBe(rest));
