/** What a spreadsheet would run as a formula. Source: OWASP CSV Injection (=, +, -, @, tab, carriage return; 2026-11). */
const FORMULA = /^[\s\uFEFF]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

export type CsvLine = readonly (string | number | null)[];

/** One line of CSV (RFC 4180), every value quoted. S37: a value that begins like a formula gets an apostrophe in front. */
export const csvLine = (values: CsvLine): string => `${values.map(field).join(',')}\r\n`;

function field(value: string | number | null): string {
  if (value === null) return '""';
  if (typeof value === 'number') return `"${value}"`;
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
