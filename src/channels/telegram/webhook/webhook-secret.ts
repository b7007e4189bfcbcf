import { hkdfSync } from 'node:crypto';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { signatureOf } from '#platform/crypto/sign.ts';

const KEY_BYTES = 32;

/** Derived from the encryption keys, so it is not stored. The first key's is given out; those of all keys are accepted. */
export function createWebhookSecrets(encryptionKeys: readonly string[]) {
  const keys = encryptionKeys.map((key) => Buffer.from(hkdfSync('sha256', key, 'botfactory', 'telegram-webhook', KEY_BYTES)));
  const [primary] = keys;
  if (!primary) throw new Error('Webhook secrets need at least one key');

  return {
    of: (connectionId: string): string => signatureOf(primary, connectionId),
    isRight: (connectionId: string, given: string): boolean =>
      keys.map((key) => isSameSecret(given, signatureOf(key, connectionId))).includes(true),
  };
}

export type WebhookSecrets = ReturnType<typeof createWebhookSecrets>;
