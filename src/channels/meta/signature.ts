import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether one of the app secrets signed these very bytes. Compared in constant time; no secret, no header or a strange one
 * is no. Source: META webhooks/create-webhook-endpoint (`X-Hub-Signature-256`, over the escaped bytes as sent; 2026-11).
 */
export function isSignedBy(secrets: readonly string[], rawBody: Buffer, header: string | undefined): boolean {
  const given = HEADER.exec(header ?? '')?.[1];
  if (!given) return false;
  const signature = Buffer.from(given, 'hex');
  return secrets
    .filter((secret) => secret !== '')
    .some((secret) => timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), signature));
}
