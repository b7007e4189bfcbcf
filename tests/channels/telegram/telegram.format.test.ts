import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toTelegramHtml } from '#channels/telegram/telegram.format.ts';
import { parseHtml } from '../../support/telegram-emulator/html-entities.ts';

test.each([
  ['**Tort** 120 000', '<b>Tort</b> 120 000'],
  ['*yangi* va _issiq_', '<i>yangi</i> va <i>issiq</i>'],
  ['**juda *yaxshi* non**', '<b>juda <i>yaxshi</i> non</b>'],
  ['kod: `a < b`', 'kod: <code>a &lt; b</code>'],
  ['```js\nx = "1" & 2\n```', '<pre>x = &quot;1&quot; &amp; 2\n</pre>'],
  ['[menyu](https://ex.uz/?a=1&b="2")', '<a href="https://ex.uz/?a=1&amp;b=&quot;2&quot;">menyu</a>'],
  ['[x](javascript:alert)', '[x](javascript:alert)'],
  ['- non\n* tort\n  - mayda', '• non\n• tort\n  • mayda'],
  ['## Ish vaqti', '<b>Ish vaqti</b>'],
  ['# **Narx** ro‘yxati', '<b><b>Narx</b> ro‘yxati</b>'],
  ['`# kod`\n```\n- x\n```', '<code># kod</code>\n<pre>- x\n</pre>'],
  ['2 * 3 * 4 = 24', '2 * 3 * 4 = 24'],
  ['snake_case_name va file_name', 'snake_case_name va file_name'],
  ['**ochiq qoldi', '**ochiq qoldi'],
  ['<b>5 > 3 & 2</b>', '&lt;b&gt;5 &gt; 3 &amp; 2&lt;/b&gt;'],
])('%j becomes %j', (markdown, html) => {
  expect(toTelegramHtml(markdown)).toBe(html);
});

test('whatever it says, Telegram can read it and it grows no longer', () => {
  const noise = fc.array(
    fc.constantFrom(
      '*',
      '**',
      '_',
      '`',
      '```',
      '\n',
      '- ',
      '# ',
      '[',
      '](https://a.uz)',
      ')',
      '<',
      '</b>',
      '&',
      '"',
      'soʻm',
      ' ',
      '🎂',
      'a',
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      const source = pieces.join('');
      const parsed = parseHtml(toTelegramHtml(source));
      expect(parsed.ok).toBe(true);
      expect(parsed.ok && parsed.text.length).toBeLessThanOrEqual(source.length);
    }),
    { numRuns: 2_000 },
  );
});

test('a long text full of openings is read in linear time', () => {
  const startMs = performance.now();
  toTelegramHtml('**a [b '.repeat(2_000) + '*c '.repeat(5_000));
  expect(performance.now() - startMs).toBeLessThan(500);
});
