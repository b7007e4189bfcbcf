import { z } from 'zod';
import { CHANNEL_KINDS } from './channels.ts';
import { CHANNELS } from './registry.ts';

// Room for the whole message around a token.
const MAX_CREDENTIAL_CHARS = 4_000;

export type CredentialForm = Readonly<Record<string, string | undefined>>;

const credential = z.string().trim().max(MAX_CREDENTIAL_CHARS, 'connections.error.too_long').optional();

/** The fields of all channels. The chosen channel decides which of them count. */
export const credentialShape: object = Object.fromEntries(
  CHANNELS.flatMap(({ fields }) => fields.map(({ name }) => [name, credential])),
);

/** The tick that empties an optional field again. */
export const removalOf = (name: string): string => `remove_${name}`;

/** Of a connection that there is. */
export const removalShape: object = Object.fromEntries(
  CHANNELS.flatMap(({ fields }) => fields.filter(({ optional }) => optional)).map(({ name }) => [
    removalOf(name),
    z.literal('1').optional(),
  ]),
);

export const platformField = z.enum(CHANNEL_KINDS, 'connections.error.platform');

export const connectionShape = { platform: platformField.default(CHANNEL_KINDS[0] as string), ...credentialShape };
