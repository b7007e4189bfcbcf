import { Api, type ApiClientOptions } from 'grammy';
import { telegramFetch } from './telegram.fetch.ts';

/** Where the Bot API is, and what Telegram calls are made with. */
export interface TelegramServer {
  /** https://api.telegram.org, a self-hosted server, or an emulator. */
  apiRoot: string;
  /** How long one call may take before it counts as unreachable. */
  timeoutMs?: number;
}

/** What we want to hear of; polling and webhooks alike. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;

const TIMEOUT_MS = 10_000;

/** How grammY calls the server, polling or not. */
export const clientOptions = ({ apiRoot, timeoutMs = TIMEOUT_MS }: TelegramServer): ApiClientOptions => ({
  apiRoot,
  timeoutSeconds: timeoutMs / 1_000,
  fetch: telegramFetch,
});

/** A client for one bot. Nothing is sent until a method is called. */
export const apiFor = (server: TelegramServer, token: string): Api => new Api(token, clientOptions(server));

/** The credential field's name, in the form and in Credentials. */
export const TOKEN_FIELD = 'telegramToken';

// Source: seen tokens, `<bot id>:<35 characters>`; the server calls anything else "Not Found". Looser at the end, since the
// length is nowhere promised.
export const TOKEN_PATTERN = /^\d{4,16}:[\w-]{30,64}$/;

/** The bot's numeric id, which its token begins with; null when it is no token. */
export const botIdOf = (token: string): string | null => (TOKEN_PATTERN.test(token) ? (token.split(':')[0] as string) : null);
