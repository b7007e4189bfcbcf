import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANSWER_STATUSES } from '../../src/core/answer-outcome.ts';
import { readStructuredAnswer } from '../../src/core/read-answer.ts';

const whole = { answer: 'Non "issiq", 5 000 soʻm\n- bor', status: 'partial', used: ['e1'], missing: 'Buxoroga-chi?' };
const json = JSON.stringify(whole);

test.each([
  ['as asked', json],
  ['in a fence', `\`\`\`json\n${json}\n\`\`\``],
  ['after thoughts', `THOUGHT: {the customer}\n\n${json}`],
  ['before a remark', `${json}\nI hope this helps {really}`],
  ['in a list', `[${json}]`],
  ['as a string', JSON.stringify(json)],
  ['in its own field', JSON.stringify({ answer: json })],
  ['in a wrapper', JSON.stringify({ response: whole })],
  ['with the status in capitals', json.replace('partial', 'PARTIAL')],
])('an answer %s is read whole', (_what, output) => {
  expect(readStructuredAnswer(output)).toEqual(whole);
});

test.each([
  ['plain text', 'Non 5 000 soʻm', 'Non 5 000 soʻm'],
  ['another wrapper', '{"action":"reply","text":"Non bor"}', 'Non bor'],
  ['cut JSON', '{"answer":"Non bor.\\nTort 12', 'Non bor.\nTort 12'],
  ['JSON cut in an escape', '{"answer":"Non bor\\u04', 'Non bor'],
  ['JSON cut before the text', '{"answer":"', ''],
  ['a real line break in JSON', '{"answer":"Non bor.\nTort ham"', 'Non bor.\nTort ham'],
  ['braces that are no JSON', '{Aksiya} bor', '{Aksiya} bor'],
])('of %s the words are read', (_what, output, answer) => {
  expect(readStructuredAnswer(output)).toMatchObject({ answer, status: 'answered', used: [], missing: '' });
});

test('fields of other types are left out', () => {
  expect(readStructuredAnswer('{"answer":"Bor","status":"sure","used":["e1",2,null],"missing":null}')).toEqual({
    answer: 'Bor',
    status: 'answered',
    used: ['e1'],
    missing: '',
  });
});

test('whatever a model writes into the fields comes back as it was', () => {
  const fields = fc.record({
    answer: fc.string().filter((text) => !/^\s*[{["]/.test(text)),
    status: fc.constantFrom(...ANSWER_STATUSES),
    used: fc.array(fc.string()),
    missing: fc.string().map((text) => text.trim()),
  });
  fc.assert(
    fc.property(fields, (answer) => {
      expect(readStructuredAnswer(JSON.stringify(answer))).toEqual(answer);
    }),
  );
});

test('a cut answer is never longer than what was written, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: json.length - 1 }), (end) => {
      const { answer } = readStructuredAnswer(json.slice(0, end));
      expect(end < '{"answer":"'.length || whole.answer.startsWith(answer)).toBe(true);
    }),
  );
});
