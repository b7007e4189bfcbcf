import type { ChannelKind } from './message.ts';

/** The platforms' own names; the same in every language. */
export const CHANNEL_NAMES: Record<ChannelKind, string> = { telegram: 'Telegram', instagram: 'Instagram', whatsapp: 'WhatsApp' };
