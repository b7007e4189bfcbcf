/** What a spreadsheet would run as a formula. Source: OWASP CSV Injection (=, +, -, @, tab, carriage return; 2026-11). */
const FORMULA = /^[\s\uFEFF]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** One line of CSV (RFC 4180): every value quoted; one that begins like a formula gets an apostrophe in front (S37). */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: string | number | null): string {
  if (value === null) return '""';
  if (typeof value === 'number') return `"${value}"`;
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
