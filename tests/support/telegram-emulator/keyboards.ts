import type { KeyboardButton } from './bot-state.ts';

const MAX_DATA_BYTES = 64;
const MAX_PLACEHOLDER = 64;

interface Markup {
  inline_keyboard?: KeyboardButton[][];
  force_reply?: boolean;
  input_field_placeholder?: string;
}

const markupOf = ({ reply_markup: given }: Record<string, unknown>): Markup =>
  (typeof given === 'string' ? JSON.parse(given) : given) ?? {};

export const keyboardOf = (params: Record<string, unknown>): KeyboardButton[][] =>
  (markupOf(params).inline_keyboard ?? []).filter((row) => row.length > 0);

/** The server's words on markup that it refuses. Source: tdlib/telegram-bot-api Client.cpp, core.telegram.org/bots/api (2026-11). */
export function markupProblem(params: Record<string, unknown>): string | null {
  if ([...(markupOf(params).input_field_placeholder ?? '')].length > MAX_PLACEHOLDER)
    return 'Bad Request: input field placeholder is too long';
  for (const { text, url, callback_data: data } of keyboardOf(params).flat()) {
    if (!text) return "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
    if (url === undefined && data === undefined)
      return "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
    if (data !== undefined && (data === '' || Buffer.byteLength(data) > MAX_DATA_BYTES))
      return 'Bad Request: BUTTON_DATA_INVALID';
    if (url !== undefined && !isPublic(url)) return `Bad Request: inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`;
  }
  return null;
}

const isPublic = (url: string): boolean => URL.canParse(url) && new URL(url).hostname.includes('.');
