import { timingSafeEqual } from 'node:crypto';
import type { AccountEvents } from '#core/inbound-event.ts';
import { hmac } from '#platform/crypto/sign.ts';
import type { ChannelWebhook } from '../channel.ts';

const HEADER = /^sha256=([0-9a-f]{64})$/i;

// A missing secret, and a missing or malformed header, count as unsigned.
// Source: META webhooks/create-webhook-endpoint (`X-Hub-Signature-256`, over the escaped bytes as sent; 2026-11).
export function isSignedBy(secrets: readonly string[], rawBody: Buffer, header: string | undefined): boolean {
  const given = HEADER.exec(header ?? '')?.[1];
  if (!given) return false;
  const signature = Buffer.from(given, 'hex');
  return secrets.filter((secret) => secret !== '').some((secret) => timingSafeEqual(hmac(secret, rawBody), signature));
}

const SCANNED_BYTES = 65_536;

function valuesOf(key: string): (rawBody: Buffer) => string[] {
  const pattern = new RegExp(`"${key}"\\s{0,9}:\\s{0,9}"?(\\d{1,25})\\b`, 'g');
  return (rawBody) => [
    ...new Set([...rawBody.toString('latin1', 0, SCANNED_BYTES).matchAll(pattern)].map(([, id]) => id as string)),
  ];
}

export const metaWebhook = ({
  secretFields,
  platformEnv,
  accountKey,
  parentKey,
  decode,
}: {
  secretFields: readonly string[];
  platformEnv: readonly string[];
  /** The JSON key of an account's id. */
  accountKey: string;
  parentKey?: string;
  decode: (payload: unknown) => AccountEvents[];
}): ChannelWebhook => ({
  signatureHeader: 'x-hub-signature-256',
  platformSecrets: (settings) => platformEnv.map((name) => settings[name]).filter((secret) => typeof secret === 'string'),
  secretsOf: (credentials) => secretFields.flatMap((name) => credentials[name] || []),
  isSigned: isSignedBy,
  accountsIn: valuesOf(accountKey),
  ...(parentKey && { parentsIn: valuesOf(parentKey) }),
  decode,
});
