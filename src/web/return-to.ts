const ORIGIN = 'http://own.invalid';

export function safeReturnTo(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value)) return fallback;
  // Browsers drop tabs and line breaks inside a URL: /\t/evil.example would be //evil.example.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\u0000-\u001f\u007f\\]/.test(value)) return fallback;
  try {
    const url = new URL(value, ORIGIN);
    return url.origin === ORIGIN && !url.pathname.startsWith('//') ? url.pathname + url.search + url.hash : fallback;
  } catch {
    return fallback;
  }
}
