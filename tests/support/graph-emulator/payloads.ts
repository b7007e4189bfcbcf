// Deliveries as Meta words them. Source: META whatsapp webhooks/reference/messages, instagram-messaging/webhooks (2026-11).
import { randomBytes } from 'node:crypto';
import type { GraphAccount } from './accounts.ts';

/** Whom a delivery is about. */
type Business = Pick<GraphAccount, 'id' | 'handle'>;

/** A customer's message in short; `type` and `content` as Meta names them. */
export interface CustomerWrites {
  /** A phone number, a BSUID, or an Instagram-scoped id. */
  from: string;
  /** WhatsApp: the BSUID beside a phone number; told with every message since 31 March 2026. */
  userId?: string;
  /** WhatsApp: more fields of the message, e.g. `context`, `referral`. */
  more?: Record<string, unknown>;
  text?: string;
  name?: string;
  username?: string;
  externalId?: string;
  /** WhatsApp: another type than text, with its content. */
  type?: string;
  content?: unknown;
  /** Instagram: more fields of the message, e.g. attachments. */
  message?: Record<string, unknown>;
  atMs?: number;
}

export const newWamid = (): string => `wamid.${randomBytes(27).toString('base64')}`;
export const newMid = (): string => `aWdfZAG1${randomBytes(48).toString('base64url')}`;

/** One change of a WhatsApp number. */
export function whatsappDelivery(account: Business, value: Record<string, unknown>, field = 'messages') {
  const metadata = { display_phone_number: account.handle.replace(/\D/g, ''), phone_number_id: account.id };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ value: { messaging_product: 'whatsapp', metadata, ...value }, field }] }],
  };
}

export const userIdOf = (phone: string): string => `UZ.${[...phone].toReversed().join('')}`;

export function whatsappMessage(writes: CustomerWrites) {
  const { from, text = '', type = 'text', content, externalId, atMs, name, username, more } = writes;
  const isUserId = from.includes('.');
  const userId = writes.userId ?? (isUserId ? from : userIdOf(from));
  const ids = { ...(!isUserId && { from }), from_user_id: userId };
  const profile = { name: name ?? 'Dilnoza', ...(username && { username }) };
  const id = externalId ?? newWamid();
  return {
    externalId: id,
    value: {
      contacts: [{ profile, ...(!isUserId && { wa_id: from }), user_id: userId }],
      messages: [
        {
          ...ids,
          id,
          timestamp: String(Math.floor((atMs ?? Date.now()) / 1_000)),
          type,
          [type]: content ?? { body: text },
          ...more,
        },
      ],
    },
  };
}

export const whatsappStatus = (id: string, chatId: string, status: string, errors?: { code: number; title: string }[]) => ({
  statuses: [{ id, status, timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: chatId, ...(errors && { errors }) }],
});

/** One entry of an Instagram account with its events. */
export const instagramDelivery = (account: Business, events: Record<string, unknown>[]) => ({
  object: 'instagram',
  entry: [{ id: account.id, time: Date.now(), messaging: events }],
});

export function instagramMessage(account: Business, { from, text, externalId, message, atMs }: CustomerWrites) {
  const mid = externalId ?? newMid();
  return {
    externalId: mid,
    event: {
      sender: { id: from },
      recipient: { id: account.id },
      timestamp: atMs ?? Date.now(),
      message: { mid, ...(text !== undefined && { text }), ...message },
    },
  };
}

export const instagramEcho = (account: Business, chatId: string, message: { mid: string; text: string }) => ({
  sender: { id: account.id },
  recipient: { id: chatId },
  timestamp: Date.now(),
  message: { ...message, is_echo: true },
});
