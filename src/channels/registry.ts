import type { ChannelKind } from '#core/message.ts';
import type { ChannelAdapter } from './channel.ts';
import { instagramAdapter } from './instagram/instagram.adapter.ts';
import { telegramAdapter } from './telegram/telegram.adapter.ts';
import { whatsappAdapter } from './whatsapp/whatsapp.adapter.ts';

export type Channels = Record<ChannelKind, ChannelAdapter | undefined>;

/** What the environment says about Meta's channels; the names are its own. */
export interface MetaSettings {
  META_GRAPH_URL?: string | undefined;
  INSTAGRAM_ACCESS_TOKEN?: string | undefined;
  INSTAGRAM_APP_SECRET?: string | undefined;
  WHATSAPP_ACCESS_TOKEN?: string | undefined;
  WHATSAPP_PHONE_NUMBER_ID?: string | undefined;
  WHATSAPP_APP_SECRET?: string | undefined;
}

/** The channels there are: one line each. A channel that is undefined cannot be connected yet. */
export function createChannels({ telegramApiRoot, meta }: { telegramApiRoot: string; meta?: MetaSettings }): Channels {
  return {
    telegram: telegramAdapter({ apiRoot: telegramApiRoot }),
    instagram: meta && instagramAdapter(meta),
    whatsapp: meta && whatsappAdapter(meta),
  };
}
