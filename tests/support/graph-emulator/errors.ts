/** An answer of Graph: a status and its JSON. */
export interface GraphReply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export interface GraphErrorSpec {
  code: number;
  subcode?: number;
  status?: number;
  message?: string;
  retryAfterSeconds?: number;
  transient?: boolean;
}

// Meta's own words, shortened. Source: whatsapp/support/error-codes, messenger-platform/error-codes (2026-11).
const WORDS: Record<number, string> = {
  4: '(#4) Application request limit reached',
  10: '(#10) This message is sent outside of allowed window.',
  100: '(#100) Invalid parameter',
  190: 'Error validating access token: Session has expired',
  613: '(#613) Calls to this api have exceeded the rate limit.',
  130429: '(#130429) Rate limit hit',
  131047: '(#131047) Re-engagement message',
  131053: '(#131053) Media upload error',
  132000: '(#132000) Number of parameters does not match the expected number of params',
  132001: '(#132001) Template name does not exist in the translation',
  132005: '(#132005) Translated text too long',
  132012: '(#132012) Parameter format does not match format in the created template',
  132015: '(#132015) Template is Paused',
  132016: '(#132016) Template is Disabled',
  131049: '(#131049) This message was not delivered to maintain healthy ecosystem engagement.',
  131056: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
  131062: '(#131062) Business-scoped user ids are not allowed for this message',
};

export function graphError({ code, subcode, status, message, retryAfterSeconds, transient }: GraphErrorSpec): GraphReply {
  return {
    status: status ?? (code === 190 ? 401 : code === 4 || code === 613 || code === 130429 ? 429 : 400),
    body: {
      error: {
        message: message ?? WORDS[code] ?? `(#${code}) An error`,
        type: code === 190 ? 'OAuthException' : 'GraphMethodException',
        code,
        ...(subcode !== undefined && { error_subcode: subcode }),
        ...(transient && { is_transient: true }),
        fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUvW',
      },
    },
    ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
  };
}

export const ok = (body: unknown): GraphReply => ({ status: 200, body });
