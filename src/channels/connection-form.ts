import { z } from 'zod';
import { CHANNEL_KINDS } from './channels.ts';
import { CHANNELS } from './registry.ts';

const MAX_CREDENTIAL_CHARS = 1_000;

/** What was entered for a connection, by the channel's field names. */
export type CredentialForm = Readonly<Record<string, string | undefined>>;

const credential = z.string().trim().max(MAX_CREDENTIAL_CHARS, 'connections.error.too_long').optional();

/** The fields of all channels. The chosen channel decides which of them count. */
export const credentialShape: object = Object.fromEntries(
  CHANNELS.flatMap(({ fields }) => fields.map(({ name }) => [name, credential])),
);

/** The channel that a form is about. */
export const platformField = z.enum(CHANNEL_KINDS, 'connections.error.platform');

/** A channel, the first one by default, and its credentials. */
export const connectionShape = { platform: platformField.default(CHANNEL_KINDS[0] as string), ...credentialShape };
