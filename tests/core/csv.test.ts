import { expect, test } from 'vitest';
import { csvLine } from '../../src/core/csv.ts';

test.each([
  '=1+1',
  '+998901234567',
  '-2',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '  =HYPERLINK("http://x")',
  '＝1',
])('%j cannot run as a formula', (text) => {
  expect(csvLine([text])).toBe(`"'${text.replaceAll('"', '""')}"\r\n`);
});

test('quotes, commas, line breaks and null stay in their field', () => {
  expect(csvLine(['Say "hi"', 'a,b', 'two\nlines', null, 5])).toBe('"Say ""hi""","a,b","two\nlines","","5"\r\n');
});
