import type { ChannelAdapter, Credentials, PeerFailure, Sent } from '#channels/channel.ts';
import { type BroadcastPart, broadcastParts, type LinkButton, type MessageTemplate } from '#core/broadcast-parts.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { ChannelKind } from '#core/message.ts';
import type { PhotoSender } from './send-photos.ts';
import type { LaneConnection } from './sending.repo.ts';

export interface SenderDeps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: LaneConnection) => Credentials;
  sentence: (language: ReplyLanguage, key: 'opt_out') => string;
  sendPhoto: PhotoSender;
}

export interface Message {
  text: string;
  buttonLabel: string | null;
  buttonUrl: string | null;
  photoId: string | null;
  template: MessageTemplate | null;
}

export interface Recipient {
  chatId: string;
  language: string;
  /** Gets the approved template and nothing else. */
  byTemplate: boolean;
}

export type SendResult = { ok: true; externalId: string } | (PeerFailure & { someSent: boolean });

// One message a second to the same chat. Source: core.telegram.org/bots/faq (2026-11).
const BETWEEN_PARTS_MS = 1_000;

export const buttonOf = ({
  buttonLabel: label,
  buttonUrl: url,
}: Pick<Message, 'buttonLabel' | 'buttonUrl'>): LinkButton | null => (label !== null && url !== null ? { label, url } : null);

/** What a message of the channel may hold. */
export const partRulesOf = ({ textLimit, parts }: ChannelAdapter) => ({
  text: textLimit,
  caption: parts?.caption ?? null,
  button: parts?.button ?? null,
});

/**
 * Sends one customer a broadcast, in as many messages as it takes on the channel (core/broadcast-parts), or the approved
 * template; `mayGoOn` is asked before each message after the first.
 */
export function createBroadcastSender({ channels, openCredentials, sentence, sendPhoto }: SenderDeps) {
  async function sendPart(connection: LaneConnection, chatId: string, part: BroadcastPart, photoId: string): Promise<Sent> {
    const channel = channels[connection.platform] as ChannelAdapter;
    const credentials = openCredentials(connection);
    const { text, photo, button } = part;
    if (photo) return sendPhoto({ channel, credentials, connectionId: connection.id, chatId }, photoId, { text, button });
    if (button && channel.sendRich) return channel.sendRich(credentials, chatId, { text, button, photo: null });
    return channel.sendText(credentials, chatId, text);
  }

  async function sendTemplate(connection: LaneConnection, chatId: string, template: MessageTemplate | null): Promise<SendResult> {
    const channel = channels[connection.platform];
    if (!template || !channel?.sendTemplate) return { ok: false, reason: 'window_closed', someSent: false };
    const sent = await channel.sendTemplate(openCredentials(connection), chatId, template);
    return sent.ok ? sent : { ...sent, someSent: false };
  }

  return async function send(
    connection: LaneConnection,
    { chatId, language, byTemplate }: Recipient,
    message: Message,
    mayGoOn: () => Promise<boolean> = async () => true,
  ): Promise<SendResult> {
    const channel = channels[connection.platform];
    if (!channel) return { ok: false, reason: 'rejected', someSent: false };
    if (byTemplate) return sendTemplate(connection, chatId, message.template);
    const optOut = sentence(language as ReplyLanguage, 'opt_out');
    const { text, photoId } = message;
    const whole = { text, button: buttonOf(message), photo: photoId !== null, optOut };
    const ids: string[] = [];
    for (const part of broadcastParts(whole, partRulesOf(channel))) {
      const first = ids.length === 0;
      if (!first) await new Promise((resolve) => setTimeout(resolve, BETWEEN_PARTS_MS));
      if (!first && !(await mayGoOn())) return { ok: false, reason: 'unreachable', someSent: true };
      const result = await sendPart(connection, chatId, part, photoId ?? '');
      if (!result.ok) return { ...result, someSent: !first };
      ids.push(result.externalId);
    }
    return { ok: true, externalId: ids.join(',') };
  };
}

export type BroadcastSender = ReturnType<typeof createBroadcastSender>;
