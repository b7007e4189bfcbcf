import type { ChannelDefinition } from '../channel.ts';
import { telegramClient } from './telegram.adapter.ts';
import { botIdOf, TOKEN_FIELD, TOKEN_PATTERN } from './telegram.api.ts';

/** Telegram bots. */
export const telegram: ChannelDefinition = {
  kind: 'telegram',
  name: 'Telegram',
  icon: 'fa-telegram',
  plan: 'FREE',
  fields: [{ name: TOKEN_FIELD, secret: true, pattern: TOKEN_PATTERN }],
  accountField: TOKEN_FIELD,
  accountIdOf: ({ [TOKEN_FIELD]: token = '' }) => botIdOf(token),
  // Source: https://core.telegram.org/bots/api#sendmessage (1-4096 characters after entities parsing; seen 2026-08).
  // It does not say which characters: UTF-16 units are the stricter reading.
  textLimit: { max: 4_096, unit: 'utf16' },
  // Source: https://core.telegram.org/bots/api#sendphoto (caption 0-1024 characters after entities parsing; seen 2026-11).
  // It does not limit a button's label. Our own form's limit is far below what was seen to work.
  parts: {
    caption: { max: 1_024, unit: 'utf16' },
    button: { text: { max: 4_096, unit: 'utf16' }, maxLabel: 64 },
  },
  replyWindowMs: null,
  outsideWindow: 'nothing',
  quietTimeMs: 0,
  // Source: https://core.telegram.org/bots/api#sendchataction (5 seconds or less; seen 2026-08).
  typingMs: 5_000,
  marksRead: false,
  handlePrefix: '@',
  chatAddress: (username) => `t.me/${username}`,
  connect: ({ TELEGRAM_API_ROOT: apiRoot }) => telegramClient({ apiRoot: String(apiRoot ?? 'https://api.telegram.org') }),
};
