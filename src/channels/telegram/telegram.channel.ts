import type { ChannelDefinition } from '../channel.ts';
import { telegramClient } from './telegram.adapter.ts';
import { botIdOf, TOKEN_FIELD, TOKEN_PATTERN, tokensIn } from './telegram.api.ts';

const MB = 1024 * 1024;
const CAPTION = { max: 1_024, unit: 'utf16' } as const;

export const telegram: ChannelDefinition = {
  kind: 'telegram',
  name: 'Telegram',
  icon: 'fa-telegram',
  plan: 'FREE',
  fields: [{ name: TOKEN_FIELD, secret: true, pattern: TOKEN_PATTERN, findIn: tokensIn }],
  accountField: TOKEN_FIELD,
  accountIdOf: ({ [TOKEN_FIELD]: token = '' }) => botIdOf(token),
  // Source: https://core.telegram.org/bots/api#sendmessage (1-4096 characters after entities parsing; seen 2026-08).
  // The unit is not named; UTF-16 units are stricter.
  textLimit: { max: 4_096, unit: 'utf16' },
  textForm: 'styles',
  // Source: https://core.telegram.org/bots/api#sendphoto (caption 0-1024 characters after entities parsing; seen 2026-11).
  // A button's label has no documented limit; our form's limit is far below what was seen to work.
  parts: {
    caption: CAPTION,
    button: { text: { max: 4_096, unit: 'utf16' }, maxLabel: 64 },
  },
  // Source: core.telegram.org/bots/api#sendphoto, #sendvoice, #sendaudio, #sending-files (photos 10 MB, others 50 MB; 2026-11).
  files: {
    photo: { types: ['image/jpeg', 'image/png', 'image/webp'], maxBytes: 10 * MB, caption: CAPTION },
    voice: { types: ['audio/ogg', 'audio/mpeg', 'audio/mp4'], maxBytes: 50 * MB, caption: CAPTION },
    audio: { types: ['audio/mpeg', 'audio/mp4'], maxBytes: 50 * MB, caption: CAPTION },
    document: { types: null, maxBytes: 50 * MB, caption: CAPTION },
  },
  replyWindowMs: null,
  outsideWindow: 'nothing',
  // The photos of an album come one by one.
  quietTimeMs: ({ album }) => (album ? 1_200 : 0),
  // Source: https://core.telegram.org/bots/api#sendchataction (5 seconds or less; seen 2026-08).
  typingMs: 5_000,
  marksRead: false,
  handlePrefix: '@',
  chatAddress: (username) => `t.me/${username}`,
  connect: ({ TELEGRAM_API_ROOT: apiRoot }) => telegramClient({ apiRoot: String(apiRoot ?? 'https://api.telegram.org') }),
};
