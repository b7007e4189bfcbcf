import { Api, type ApiClientOptions } from 'grammy';
import { Agent, request } from 'undici';

export interface TelegramServer {
  apiRoot: string;
  timeoutMs?: number;
}

export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;

const TIMEOUT_MS = 10_000;

// grammY has its own timeouts; a long poll is silent for its whole duration.
const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

type Call = Pick<Required<Parameters<typeof request>[1] & object>, 'method' | 'headers' | 'body' | 'signal'>;

/** The part of fetch that grammY uses. undici needs half the CPU of node-fetch per call (docs/speed.md). */
async function fetchJson(url: string, { method, headers, body, signal }: Call): Promise<{ json(): Promise<unknown> }> {
  const response = await request(url, { method, headers, body, signal, dispatcher });
  return response.body;
}

const telegramFetch = fetchJson as unknown as NonNullable<ApiClientOptions['fetch']>;

export const clientOptions = ({ apiRoot, timeoutMs = TIMEOUT_MS }: TelegramServer): ApiClientOptions => ({
  apiRoot,
  timeoutSeconds: timeoutMs / 1_000,
  fetch: telegramFetch,
});

export const apiFor = (server: TelegramServer, token: string): Api => new Api(token, clientOptions(server));

export const TOKEN_FIELD = 'telegramToken';

// Source: seen tokens, `<bot id>:<35 characters>`. The end is looser, because the length is nowhere promised.
export const TOKEN_PATTERN = /^\d{4,16}:[\w-]{30,64}$/;

export const botIdOf = (token: string): string | null => (TOKEN_PATTERN.test(token) ? (token.split(':')[0] as string) : null);

// A one-line field drops the line breaks of @BotFather's message, which leaves its next word, "Keep", at the token.
const TOKEN_INSIDE = /(?<!\d)\d{4,16}:[\w-]{30,64}?(?=Keep\b|(?![\w-]))/g;

/** The different tokens in a pasted text, such as the whole message of @BotFather. */
export const tokensIn = (pasted: string): string[] =>
  TOKEN_PATTERN.test(pasted) ? [pasted] : [...new Set(pasted.match(TOKEN_INSIDE))];
