import { z } from 'zod';
import { type CredentialForm, connectionShape, credentialShape, platformField, removalShape } from '#channels/connection-form.ts';

export const connectionForm = z.strictObject(connectionShape);

/** An empty field keeps the stored value. The channel never changes. */
export const connectionEditForm = z.strictObject({ platform: platformField.optional(), ...credentialShape, ...removalShape });

export type ConnectionForm = { platform: string } & CredentialForm;
export type ConnectionEditForm = { platform?: string | undefined } & CredentialForm;
