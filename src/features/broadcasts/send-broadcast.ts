import type { ChannelAdapter, Credentials, PeerFailure, Photo, RichMessage, RichSent, Sent } from '#channels/channel.ts';
import { type BroadcastPart, broadcastParts, type LinkButton } from '#core/broadcast-parts.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { ChannelKind } from '#core/message.ts';
import type { MessageTemplate } from '#core/message-template.ts';
import type { PhotosRepo } from './photos.repo.ts';
import type { PhotoAddresses } from './photos.routes.ts';
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
  byTemplate: boolean;
}

export type SendResult = { ok: true; externalId: string } | (PeerFailure & { someSent: boolean });

// One message a second to the same chat. Source: core.telegram.org/bots/faq (2026-11).
const BETWEEN_PARTS_MS = 1_000;

export const buttonOf = ({
  buttonLabel: label,
  buttonUrl: url,
}: Pick<Message, 'buttonLabel' | 'buttonUrl'>): LinkButton | null => (label !== null && url !== null ? { label, url } : null);

export const partRulesOf = ({ textLimit, parts }: ChannelAdapter) => ({
  text: textLimit,
  caption: parts?.caption ?? null,
  button: parts?.button ?? null,
});

/** Sends one customer all messages (core/broadcast-parts) or the template. `mayGoOn` is checked before each further message. */
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

export interface PhotoSenderDeps {
  photos: Pick<PhotosRepo, 'handleAcrossTenants' | 'keepHandleAcrossTenants' | 'readAcrossTenants'>;
  photoAddresses: Pick<PhotoAddresses, 'of'>;
}

interface PhotoChat {
  channel: ChannelAdapter;
  credentials: Credentials;
  connectionId: string;
  chatId: string;
}

type Words = Omit<RichMessage, 'photo'>;
type Stored = Pick<Photo, 'type' | 'handle'>;

// Requeues: the message that carried the photo failed, so another one has to.
const LATER: RichSent = { ok: false, reason: 'rate_limited' };

/** Uploads a photo once per connection: one message carries it, concurrent ones wait, later ones use the platform's id. */
export function createPhotoSender({ photos, photoAddresses }: PhotoSenderDeps) {
  const carrying = new Map<string, Promise<unknown>>();
  let ended = 0;

  async function send(to: PhotoChat, photoId: string, message: Words, { type, handle }: Stored): Promise<RichSent> {
    const content = async (): Promise<Buffer> => (await photos.readAcrossTenants(photoId))?.content ?? Buffer.alloc(0);
    const photo = { type, handle, content, publicUrl: photoAddresses.of(photoId, type) };
    if (!to.channel.sendRich) return { ok: false, reason: 'photo_refused', notSent: true };
    const sent = await to.channel.sendRich(to.credentials, to.chatId, { ...message, photo });
    if (sent.photoHandle) await photos.keepHandleAcrossTenants(photoId, to.connectionId, sent.photoHandle);
    return sent;
  }

  return async function sendPhoto(to: PhotoChat, photoId: string, message: Words): Promise<RichSent> {
    const endedBefore = ended;
    const stored = await photos.handleAcrossTenants(photoId, to.connectionId);
    if (!stored) return { ok: false, reason: 'photo_refused', notSent: true };
    if (stored.handle !== null || to.channel.fetchesPhotos) return send(to, photoId, message, stored);

    const key = `${photoId} ${to.connectionId}`;
    const ahead = carrying.get(key);
    // An upload may have begun and ended while the database was asked.
    if (!ahead && ended === endedBefore) {
      const sending = send(to, photoId, message, stored).finally(() => {
        carrying.delete(key);
        ended += 1;
      });
      carrying.set(key, sending);
      return sending;
    }
    await ahead?.catch(() => {});
    const then = await photos.handleAcrossTenants(photoId, to.connectionId);
    return then?.handle ? send(to, photoId, message, then) : LATER;
  };
}

export type PhotoSender = ReturnType<typeof createPhotoSender>;
