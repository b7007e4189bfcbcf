// A Telegram token is `<bot id>:<35 characters>`. Errors of grammY and axios carry it in nested causes.
// In an address it follows `bot` directly, so the pattern has no word boundary.
const TELEGRAM_TOKEN = /(?<!\d)\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}/gi;
// Graph's user and system tokens begin with EAA, Instagram's with IG.
const META_TOKEN = /\b(?:EAA|IGA|IGQ)[A-Za-z0-9_-]{24,}/g;
const AUTHORIZATION = /\b(Bearer|Basic)\s+[A-Za-z0-9+/_=.-]{8,}/gi;
const URL_PASSWORD = /(\/\/[^:/@\s]+:)[^@/\s]+@/g;
const QUERY_SECRET = /([?&](?:access_token|key|token|secret)=)[^&\s"']+/gi;
const MAX_DEPTH = 6;
const MIN_SECRET_CHARS = 8;

export function createRedactor(knownSecrets: readonly (string | undefined)[] = []) {
  const given = knownSecrets.filter((secret): secret is string => (secret?.length ?? 0) >= MIN_SECRET_CHARS);
  // In an address a secret may be escaped.
  const known = [...new Set(given.flatMap((secret) => [secret, encodeURIComponent(secret)]))];

  const redactText = (text: string): string =>
    known
      .reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text)
      .replace(TELEGRAM_TOKEN, '[secret]')
      .replace(META_TOKEN, '[secret]')
      .replace(AUTHORIZATION, '$1 [secret]')
      .replace(URL_PASSWORD, '$1[secret]@')
      .replace(QUERY_SECRET, '$1[secret]');

  const redact = (value: unknown, depth = 0): unknown => {
    if (typeof value === 'string') return redactText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '[deep]';
    if (value instanceof Error) return redactError(value, depth);
    if (value instanceof Date) return value;
    if (ArrayBuffer.isView(value)) return '[binary]';
    if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => redact(item, depth + 1));
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [redactText(String(key)), redact(item, depth + 1)]));
  };

  /** Leaves out the request and response objects that libraries attach to errors. */
  const redactError = (error: Error, depth: number): Record<string, unknown> => ({
    type: error.name,
    message: redactText(error.message),
    ...('code' in error && { code: error.code }),
    ...(error.stack && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && { errors: redact(error.errors, depth + 1) }),
  });

  return { redact, redactText };
}

export type Redactor = ReturnType<typeof createRedactor>;
