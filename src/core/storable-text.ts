/** Text that Postgres can store: without NUL, and with U+FFFD in place of a lone surrogate. */
export const storableText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** The first `maxChars` of a storable text, without half a surrogate pair at the end. */
export const cutStorableText = (text: string, maxChars: number): string =>
  storableText(text.replaceAll('\0', '').slice(0, maxChars)).replace(/\uFFFD$/, '');
