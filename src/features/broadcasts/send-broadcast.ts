import type { ChannelAdapter, Credentials, PeerFailure } from '#channels/channel.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { ChannelKind } from '#core/message.ts';
import { broadcastText, type LinkButton } from '#core/plan-broadcast.ts';
import { splitText } from '#core/split-text.ts';
import type { LaneConnection } from './sending.repo.ts';

export interface SenderDeps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: LaneConnection) => Credentials;
  sentence: (language: ReplyLanguage, key: 'opt_out') => string;
}

export interface Message {
  text: string;
  buttonLabel: string | null;
  buttonUrl: string | null;
}

export type SendResult = { ok: true; externalId: string } | (PeerFailure & { someSent: boolean });

// One message a second to the same chat. Source: core.telegram.org/bots/faq (2026-11).
const BETWEEN_PARTS_MS = 1_000;

export const buttonOf = ({ buttonLabel: label, buttonUrl: url }: Message): LinkButton | null =>
  label !== null && url !== null ? { label, url } : null;

/**
 * Sends one customer a broadcast's words: the owner's, the link, how to opt out. Long ones go in parts, the button under the
 * last; `mayGoOn` is asked before each part after the first.
 */
export function createBroadcastSender({ channels, openCredentials, sentence }: SenderDeps) {
  return async function send(
    connection: LaneConnection,
    to: { chatId: string; language: string },
    message: Message,
    mayGoOn: () => Promise<boolean> = async () => true,
  ): Promise<SendResult> {
    const channel = channels[connection.platform];
    if (!channel) return { ok: false, reason: 'rejected', someSent: false };
    const button = buttonOf(message);
    const hasButtons = channel.linkButtons === true;
    const optOut = sentence(to.language as ReplyLanguage, 'opt_out');
    const parts = splitText(broadcastText({ text: message.text, button, hasButtons, optOut }), channel.textLimit);

    const credentials = openCredentials(connection);
    const ids: string[] = [];
    for (const [at, part] of parts.entries()) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_PARTS_MS));
      if (at > 0 && !(await mayGoOn())) return { ok: false, reason: 'unreachable', someSent: true };
      const last = at === parts.length - 1;
      const result = await channel.sendText(credentials, to.chatId, part, last && button && hasButtons ? button : undefined);
      if (!result.ok) return { ...result, someSent: at > 0 };
      ids.push(result.externalId);
    }
    return { ok: true, externalId: ids.join(',') };
  };
}

export type BroadcastSender = ReturnType<typeof createBroadcastSender>;
