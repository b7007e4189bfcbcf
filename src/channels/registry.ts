import type { ChannelDefinition } from './channel.ts';
import { instagram } from './instagram/instagram.channel.ts';
import { telegram } from './telegram/telegram.channel.ts';
import { whatsapp } from './whatsapp/whatsapp.channel.ts';

/** The channels there are, one line each, in the order of the pages. */
export const CHANNELS: readonly ChannelDefinition[] = [telegram, instagram, whatsapp];
