import { z } from 'zod';
import { CHANNEL_KINDS } from './message.ts';

const MAX_CREDENTIAL_CHARS = 1_000;

const credential = z.string().trim().max(MAX_CREDENTIAL_CHARS, 'connections.error.too_long').optional();

/** The fields every platform's form may have; which of them count is decided by the platform's adapter. */
export const credentialShape = {
  telegramToken: credential,
  instagramAccessToken: credential,
  instagramAccountId: credential,
  instagramAppSecret: credential,
  whatsappAccessToken: credential,
  whatsappPhoneNumberId: credential,
  whatsappAppSecret: credential,
};

/** The channel a form is about. */
export const platformField = z.enum(CHANNEL_KINDS, 'connections.error.platform');

/** What was entered for a connection, of whichever platform. */
export type CredentialForm = { [Field in keyof typeof credentialShape]?: string | undefined };
