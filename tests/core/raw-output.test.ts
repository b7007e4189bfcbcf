// Kind B: what models really return around, instead of, and in the middle of an answer.
import { expect, test } from 'vitest';
import { cleanAnswer, wholeLines } from '../../src/core/clean-answer.ts';
import { readStructuredAnswer } from '../../src/core/read-answer.ts';

const SAID = 'Somsa 9 750 soʻm.';
const read = (raw: string): string => cleanAnswer(readStructuredAnswer(raw).answer, { botName: 'Oltin Non' });

test.each([
  `THOUGHT: The customer asks.\n\n${SAID}`,
  `Thought: price.\nFinal answer: ${SAID}`,
  `**Thinking:** the price\n\n${SAID}`,
  `thought\nThe customer asks a price.\n\n${SAID}`,
  `Рассуждение: цена.\n\n${SAID}`,
  `<reasoning>x</reasoning>\n${SAID}`,
  `[THINKING] price [/THINKING]\n${SAID}`,
  `<|thinking|>price<|/thinking|>${SAID}`,
  `◁think▷price◁/think▷${SAID}`,
  `<analysis>x</analysis><final>${SAID}</final>`,
  `<answer>${SAID}</answer>`,
])('thoughts: %j', (raw) => expect(read(raw)).toBe(SAID));

test.each([
  `{"action":"reply","text":"${SAID}"}`,
  `{"response":{"text":"${SAID}"}}`,
  `[{"text":"${SAID}"}]`,
  `Here is the JSON:\n\`\`\`json\n{"answer":"${SAID}","status":"answered"}\n\`\`\``,
  `{'answer': '${SAID}', 'status': 'answered'}`,
  `{"answer":"${SAID}","status":"answered",}`,
  `{answer: "${SAID}"}`,
  `{"final_answer":"${SAID}"}`,
  `{"Answer":"${SAID}","Status":"answered"}`,
  `{"candidates":[{"content":{"parts":[{"text":"${SAID}"}]}}]}`,
  `{"answer":"{\\"answer\\":\\"${SAID}\\"}"}`,
  `"${SAID}"`,
  `{"action":"answer","action_input":"${SAID}"}`,
  `{"reply_to_customer":"${SAID}","language":"uz"}`,
  `{"messages":[{"role":"user","content":"Somsa?"},{"role":"assistant","content":"${SAID}"}]}`,
  `{"output":["${SAID}"]}`,
  `${SAID}\n{"status":"answered","used":["e1"]}`,
  `answer: ${SAID}\nstatus: answered\nused: e1\nmissing:`,
])('wrappers: %j', (raw) => expect(read(raw)).toBe(SAID));

test.each([
  `print(default_api.search(q="somsa"))\n${SAID}`,
  `<tool_call>{"name":"search"}</tool_call>${SAID}`,
  `<function_calls><invoke name="x"></invoke></function_calls>\n${SAID}`,
  `[Oltin Non]: ${SAID}`,
  `Bot javobi: ${SAID}`,
  `### Answer\n${SAID}`,
  `assistant\n${SAID}`,
  `<start_of_turn>model\n${SAID}<end_of_turn>`,
  `<|im_start|>assistant\n${SAID}<|im_end|>`,
  `Customer: Somsa qancha?\nAssistant: ${SAID}`,
  `${SAID}\nUser: boshqa savol\nAI: boshqa javob`,
  `${SAID} [1]`,
  `<entry id="e1" title="Somsa">\nSomsa\n9 750\n</entry>\n\n${SAID}`,
  `<facts>\nManzil: Chilonzor\n</facts>\n${SAID}`,
  `<quoted kind="message">Shu qancha?</quoted>${SAID}`,
  `<|channel|>final<|message|>${SAID}`,
  `<knowledge>\n<entry id="e1" title="Somsa">\n${SAID}\n</entry>\n</knowledge>`,
])('calls, labels and echoes: %j', (raw) => expect(read(raw)).toBe(SAID));

test.each([
  [`${SAID} `.repeat(120), SAID],
  [`${SAID}\n`.repeat(120), SAID],
  ['Somsa 9 750 soʻm '.repeat(80), 'Somsa 9 750 soʻm'],
  ['Somsa 9 750 soʻm, '.repeat(50), 'Somsa 9 750 soʻm'],
  ['ha '.repeat(300), 'ha'],
  ['Non bor, '.repeat(60), 'Non bor,'],
  ['Somsa narxi\\n\\n- 9 750\\n- 10 000', 'Somsa narxi\n\n- 9 750\n- 10 000'],
])('a loop is said once, and escaped lines are lines: %#', (raw, said) => expect(read(raw)).toBe(said));

test.each([
  '\u200b\n\u2060',
  '...',
  '*',
  '```',
  '{}',
  'null',
  '[]',
  '""',
  '{"answer":"\\u200b"}',
  '\u3164',
  'undefined',
  '{"plan":{"step":1},"next":["search"]}',
  'print("Somsa")',
  'aaaa'.repeat(300),
])('%j says nothing', (raw) => expect(read(raw)).toBe(''));

test.each([
  ['{"answer":null,"status":"unknown","missing":"Yetkazish qancha?"}', { status: 'unknown', missing: 'Yetkazish qancha?' }],
  ['{"status":"wants_person"}', { status: 'wants_person' }],
  ['Bu haqda maʼlumot yoʻq.\nstatus: unknown', { status: 'unknown' }],
])('%j keeps its verdict', (raw, expected) => expect(readStructuredAnswer(raw)).toMatchObject(expected));

test.each([
  ['{"answer":"Tort (1 kg) — 12', 'Tort (1 kg) — 12', true],
  ['```json\n{"answer":"Non 5 0', 'Non 5 0', true],
  ['{"text": "Tort 120 0', 'Tort 120 0', true],
  ['{"answer":"Non 5 000 soʻm","status":"ans', 'Non 5 000 soʻm', undefined],
])('half JSON %j is cut where its words are', (raw, answer, cut) => {
  expect(readStructuredAnswer(raw)).toMatchObject({ answer });
  expect(readStructuredAnswer(raw).cut).toBe(cut);
});

test.each([
  ['Tort (1 kg) — 12', ''],
  ['Non — 5 000 soʻm.\nTort — 12', 'Non — 5 000 soʻm.'],
  ['Ha, bor. Narxi 12', 'Ha, bor.'],
  ['1. Somsa 9 7', ''],
  ['+998 90 12', ''],
])('of the cut %j only what is whole is said', (cut, whole) => expect(wholeLines(cut)).toBe(whole));

test.each([
  'Mijoz: 18 yoshdan katta boʻlishi kerak.',
  'Javobgar: Aziz. Telefon: +998 90 123 45 67',
  'Somsa, somsa va yana somsa: 9 750.',
  'Status: buyurtma qabul qilindi',
  '“Medovik” va “Napoleon” bor',
  'Narxlar:\n- Non 5 000\n- Non 5 000 (katta)',
  'None of these are sold out.',
  'C:\\narxlar\\nonlar.xls',
  '👍',
])('%j stays as it is', (answer) => expect(read(answer)).toBe(answer));
