// Kind A: what the AI wrote becomes the channel's own form; no word of it is changed, and none of a person's.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageParts, shownText, type TextForm, wordsOf } from '../../../src/core/words/message-parts.ts';
import { styledHtml } from '../../../src/core/words/styled-html.ts';
import { soak } from '../../support/soak.ts';
import { parseHtml } from '../../support/telegram-emulator/html-entities.ts';

const LIMITS = {
  styles: { max: 4_096, unit: 'utf16' },
  marks: { max: 4_096, unit: 'utf16' },
  plain: { max: 1_000, unit: 'utf8-bytes' },
} as const;
const partsOf = (text: string, form: TextForm, mode = 'ai') => messageParts(wordsOf(text, mode), { form, limit: LIMITS[form] });
const inOne = (text: string, form: TextForm): string =>
  partsOf(text, form)
    .map((part) => (form === 'styles' ? styledHtml(part) : part.text))
    .join('⏎');

const UNTOUCHED = [
  'Bizda to`lov naqd, 50 000 so`m dan. O`zbekiston bo`ylab.',
  'Yetkazib berish Qo`qon va G`ijduvonga, do`kon emas',
  'https://www.instagram.com/_lola_/ @_lola_ @non_uyi_',
  'Instagram: _lola_ yoki lola_shop_uz',
  't.me/_oltin_non_ va www.site.uz/a_b_c?x=_1_&y=*',
  '8600 **** **** 1234',
  '8600 12** **** 1234, 9860 34** **** 5678',
  '8600****1234 va 9860****5678 kartalar',
  '+ 998 90 123 45 67\n+998 (71) 200-00-00',
  'Chegirma*\n* shartlar qoʻllaniladi',
  '# 1 oʻrin, #2 va #chegirma',
  '2*3*4 = 24, 2 * 3 * 4, 5*x*y*z',
  'snake_case_name, file_name_v2.pdf, __init__.py, _menu_2026_.pdf',
  'C:\\narxlar\\yangi papka\\1.xls',
  'Non 🥖, e\u0301clair, Z\u0336o\u0336r\u0336, 👨‍👩‍👧‍👦 va 🇺🇿',
  '5 < 6 va 7 > 3 & 2, <3, a<n>c? <a> AT&T, R&D;',
  '- 5 daraja sovuq\n- Somsa 9 750',
  '> 5 kg boʻlsa bepul',
  'narxlar[1](2) va [izoh]',
  '~100 000 soʻm ~ 110 000 soʻm, ~~ taxminan',
  '**ochiq qoldi va *bu ham',
  `${'*'.repeat(30)} 16 ${'_'.repeat(9)}`,
  '1. Somsa\n2) Non',
];

test.each(UNTOUCHED)('%j stays as it is, whoever wrote it', (text) => {
  for (const form of ['styles', 'marks', 'plain'] as const) {
    expect(partsOf(text, form)).toEqual([{ text, styles: [] }]);
    expect(partsOf(text, form, 'person')).toEqual([{ text, styles: [] }]);
  }
});

test.each([
  '**Narxlar** `kod` [x](https://a.uz) _yangi_',
  '# Ish vaqti\n* dushanba\n* seshanba',
  '| Non | 5 000 |\n|---|---|\n| Somsa | 9 750 |',
  '```\nkod\n```\n9\\.750 <br> &mdash; ~~x~~',
  '<b>5 > 3 & 2</b>',
])('%j of a person is sent as it is', (text) => {
  for (const mode of ['person', 'knowledge', 'fixed', 'fallback'])
    for (const form of ['styles', 'marks', 'plain'] as const) expect(partsOf(text, form, mode)).toEqual([{ text, styles: [] }]);
});

describe.each<[string, string, string, string]>([
  ['**Tort** 120 000', '<b>Tort</b> 120 000', '*Tort* 120 000', 'Tort 120 000'],
  ['*yangi* va _issiq non_', '<i>yangi</i> va <i>issiq non</i>', '_yangi_ va _issiq non_', 'yangi va issiq non'],
  ['**juda *yaxshi* non**', '<b>juda <i>yaxshi</i> non</b>', '*juda _yaxshi_ non*', 'juda yaxshi non'],
  ['***Diqqat!*** bor', '<b><i>Diqqat!</i></b> bor', '*_Diqqat!_* bor', 'Diqqat! bor'],
  ['**_Somsa_** 9 750', '<b><i>Somsa</i></b> 9 750', '*_Somsa_* 9 750', 'Somsa 9 750'],
  ['**Napoleon**ning narxi', '<b>Napoleon</b>ning narxi', 'Napoleonning narxi', 'Napoleonning narxi'],
  ['**Narx: 2*3 = 6**', '<b>Narx: 2*3 = 6</b>', 'Narx: 2*3 = 6', 'Narx: 2*3 = 6'],
  ['**Ikki\nqator**', '<b>Ikki\nqator</b>', '*Ikki*\n*qator*', 'Ikki\nqator'],
  ['kod: `a < b`', 'kod: <code>a &lt; b</code>', 'kod: `a < b`', 'kod: a < b'],
  ['```js\nx = "1"\n```', '<pre>x = &quot;1&quot;</pre>', '```x = "1"```', 'x = "1"'],
  [
    '[menyu](https://ex.uz/?a=1&b="2")',
    '<a href="https://ex.uz/?a=1&amp;b=&quot;2&quot;">menyu</a>',
    'menyu (https://ex.uz/?a=1&b="2")',
    'menyu (https://ex.uz/?a=1&b="2")',
  ],
  ['[ex.uz](https://ex.uz/)', 'https://ex.uz/', 'https://ex.uz/', 'https://ex.uz/'],
  ['## Ish vaqti', '<b>Ish vaqti</b>', '*Ish vaqti*', 'Ish vaqti'],
  ['# **Narx** roʻyxati', '<b>Narx roʻyxati</b>', '*Narx roʻyxati*', 'Narx roʻyxati'],
  ['* tort\n  * mayda', '• tort\n  • mayda', '• tort\n  • mayda', '• tort\n  • mayda'],
  ['- [ ] Non\n- [x] Somsa', '• Non\n✓ Somsa', '• Non\n✓ Somsa', '• Non\n✓ Somsa'],
  ['~~12 000~~ 9 750', '<s>12 000</s> 9 750', '~12 000~ 9 750', '12 000 9 750'],
  ['Narx: 9\\.750 \\(soʻm\\)', 'Narx: 9.750 (soʻm)', 'Narx: 9.750 (soʻm)', 'Narx: 9.750 (soʻm)'],
  ['Non<br>Somsa<br/>Tort', 'Non\nSomsa\nTort', 'Non\nSomsa\nTort', 'Non\nSomsa\nTort'],
  ['Non &mdash; 5&nbsp;000 &#8364; &amp; &lt;3', 'Non — 5 000 € &amp; &lt;3', 'Non — 5 000 € & <3', 'Non — 5 000 € & <3'],
  ['<p><strong>Non</strong> 5 000</p><p>Bor</p>', '<b>Non</b> 5 000\nBor', '*Non* 5 000\nBor', 'Non 5 000\nBor'],
  ['Birinchi\n\n---\n\nIkkinchi', 'Birinchi\n\nIkkinchi', 'Birinchi\n\nIkkinchi', 'Birinchi\n\nIkkinchi'],
  ['> Iqtibos soʻzi', 'Iqtibos soʻzi', 'Iqtibos soʻzi', 'Iqtibos soʻzi'],
])('%j', (source, telegram, whatsapp, instagram) => {
  test.each([
    ['styles', telegram],
    ['marks', whatsapp],
    ['plain', instagram],
  ] as const)('as %s', (form, expected) => expect(inOne(source, form)).toBe(expected));
});

test.each([
  ['[Qoʻngʻiroq](tel:+998901234567)', 'Qoʻngʻiroq (+998901234567)'],
  ['[+998 90 123-45-67](tel:+998901234567)', '+998 90 123-45-67'],
  ['[Yozing](mailto:info@non.uz?subject=Salom)', 'Yozing (info@non.uz)'],
  ['[info@non.uz](mailto:info@non.uz)', 'info@non.uz'],
  ['[Bot](tg://resolve?domain=oltin_non_bot)', 'Bot (@oltin_non_bot)'],
  ['[Lola](tg://user?id=12345)', 'Lola'],
  ['[SMS](sms:+998711112233;body=x)', 'SMS (+998711112233)'],
  ['<mailto:info@non.uz>, <https://non.uz/a_b_>', 'info@non.uz, https://non.uz/a_b_'],
  ['[Buyurtma](osh.uz/order)', 'Buyurtma (https://osh.uz/order)'],
  ['[Profil](t.me/_non_)', 'Profil (t.me/_non_)'],
  ['![Rasm](https://non.uz/a(1).jpg "Nom")', 'Rasm (https://non.uz/a(1).jpg)'],
  ['[tik](javascript:alert)', '[tik](javascript:alert)'],
  ['https://instagram.com/\\_lola\\_', 'https://instagram.com/_lola_'],
])('the address of %j can be read where there are no links', (source, expected) => {
  expect(inOne(source, 'plain').replace('https://t.me', 't.me')).toBe(expected);
});

test('a link between messages, a number and a run of bold stay whole; the run begins again', () => {
  const rows = `**${Array(200).fill('Somsa goʻshtli 9 750 soʻm').join(' ')}**`;
  const bold = partsOf(rows, 'styles').map(styledHtml);
  expect(bold).toEqual([expect.stringMatching(/^<b>Somsa[^<]*<\/b>$/), expect.stringMatching(/^<b>[^<]*soʻm<\/b>$/)]);
  expect(partsOf(rows, 'marks').every(({ text }) => text.length <= 4_096 && /^\*[^*]*\*$/.test(text))).toBe(true);
  const code = partsOf(`\`\`\`\n${'qator 12 000\n'.repeat(700)}\`\`\``, 'styles').map(styledHtml);
  expect(code.length).toBeGreaterThan(1);
  for (const part of code) expect(part).toMatch(/^<pre>qator[^<]*12 000<\/pre>$/);
  const link = partsOf(`${'a'.repeat(4_080)} [bir ikki uch toʻrt](https://non.uz)`, 'styles');
  expect(link.at(-1)).toMatchObject({ text: 'bir ikki uch toʻrt', styles: [{ kind: 'link', start: 0, end: 18 }] });
});

test.each(['1 250 000 ', '+998 90 123 45 67, ', '12 345 67 89 '])('%j is never cut', (number) => {
  for (const form of ['styles', 'marks', 'plain'] as const) {
    for (const lead of ['', 'x', 'xx ', 'narxi ', 'ў ']) {
      const cut = partsOf(lead + `${number}soʻm `.repeat(600), form).flatMap(({ text }) => text.split('soʻm'));
      expect(cut.filter((piece) => /\d/.test(piece) && piece.replace(/\D/g, '') !== number.replace(/\D/g, ''))).toEqual([]);
    }
  }
});

const PIECES = [
  ...[
    '*',
    '**',
    '***',
    '_',
    '__',
    '`',
    '```',
    '~~',
    '\n',
    '\n\n',
    '- ',
    '* ',
    '# ',
    '> ',
    '[',
    '](https://a.uz)',
    ')',
    '<',
    '<b>',
  ],
  ...[
    '</b>',
    '<br>',
    '&',
    '&amp;',
    '"',
    'soʻm',
    'so`m',
    ' ',
    '🎂',
    // Not the name of a tag or of a language.
    'ж',
    '9 750',
    '**** 1234',
    '@_lola_',
    '\\',
    '👨‍👩‍👧',
    'e\u0301',
  ],
];
const noise = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));
const wordsIn = (text: string): string => (text.match(/[\p{L}\p{N}\p{Extended_Pictographic}]/gu) ?? []).join('');
/** Names of tags and characters, and addresses, may or may not be visible. */
const withoutNames = (text: string): string => wordsIn(text.replace(/<\/?b>|<br>|&amp;|https:\/\/a\.uz/g, ' '));

test('the visible words of any answer are the words of its source, within the limits and valid for Telegram', () => {
  const limits = {
    styles: { max: 60, unit: 'utf16' },
    marks: { max: 60, unit: 'utf16' },
    plain: { max: 60, unit: 'utf8-bytes' },
  } as const;
  fc.assert(
    fc.property(noise, (source) => {
      expect(withoutNames(shownText(source, 'ai'))).toBe(withoutNames(source));
      for (const form of ['styles', 'marks', 'plain'] as const) {
        const parts = messageParts(wordsOf(source, 'ai'), { form, limit: limits[form] });
        for (const part of parts) {
          expect(form === 'plain' ? Buffer.byteLength(part.text) : part.text.length).toBeLessThanOrEqual(60);
          expect(part.text.isWellFormed()).toBe(true);
          if (form === 'styles') expect(parseHtml(styledHtml(part))).toMatchObject({ ok: true, text: part.text });
        }
        expect(withoutNames(parts.map(({ text }) => text).join(' ')).replaceAll(/httpsauz/g, '')).toBe(
          withoutNames(source).replaceAll(/httpsauz/g, ''),
        );
      }
    }),
    { numRuns: soak(400, 1_500) },
  );
});

test('16,000 stars and other rows of marks are read in linear time', () => {
  const costMs = (text: string): number => {
    const before = process.threadCpuUsage();
    partsOf(text, 'styles').map(styledHtml);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  };
  for (const mark of ['*', '**a ', '*a', '_a ', '`', '`a ', '[a](', '<b>', '~~a', '**a* b_c ', '\\', '&#', '```\n', '> ', '| ']) {
    const once = costMs(mark.repeat(4_000));
    expect(costMs(mark.repeat(16_000))).toBeLessThan(10 * once + 200);
  }
});
