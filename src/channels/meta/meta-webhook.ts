import { timingSafeEqual } from 'node:crypto';
import type { AccountEvents } from '#core/inbound-event.ts';
import { hmac } from '#platform/crypto/sign.ts';
import type { ChannelWebhook } from '../channel.ts';

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether one of the app secrets signed these very bytes, compared in constant time. A missing secret, a missing header and a
 * malformed header count as unsigned.
 * Source: META webhooks/create-webhook-endpoint (`X-Hub-Signature-256`, over the escaped bytes as sent; 2026-11).
 */
export function isSignedBy(secrets: readonly string[], rawBody: Buffer, header: string | undefined): boolean {
  const given = HEADER.exec(header ?? '')?.[1];
  if (!given) return false;
  const signature = Buffer.from(given, 'hex');
  return secrets.filter((secret) => secret !== '').some((secret) => timingSafeEqual(hmac(secret, rawBody), signature));
}

/** The webhook of a channel of Meta. `secretField` is the connection's app secret, `platformEnv` the installation's own. */
export const metaWebhook = ({
  secretField,
  platformEnv,
  decode,
}: {
  secretField: string;
  platformEnv: readonly string[];
  decode: (payload: unknown) => AccountEvents[];
}): ChannelWebhook => ({
  signatureHeader: 'x-hub-signature-256',
  platformSecrets: (settings) => platformEnv.map((name) => settings[name]).filter((secret) => typeof secret === 'string'),
  secretOf: (credentials) => credentials[secretField] || null,
  isSigned: isSignedBy,
  decode,
});
