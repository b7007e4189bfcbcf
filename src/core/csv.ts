/** Starts of values that a spreadsheet runs as a formula. Source: OWASP CSV Injection (=, +, -, @, tab, CR; 2026-11). */
const FORMULA = /^[\s\uFEFF]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

export type CsvLine = readonly (string | number | null)[];

/** One CSV line (RFC 4180) with every value quoted. S37 (formula injection): such a value gets a leading apostrophe. */
export const csvLine = (values: CsvLine): string => `${values.map(field).join(',')}\r\n`;

function field(value: string | number | null): string {
  if (value === null) return '""';
  if (typeof value === 'number') return `"${value}"`;
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
