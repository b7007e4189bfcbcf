import { z } from 'zod';
import { type CredentialForm, connectionShape, credentialShape, platformField } from '#channels/connection-form.ts';

/** POST /bots/:id/connections. */
export const connectionForm = z.strictObject(connectionShape);

/** POST /bots/:id/connections/:connectionId: an empty field keeps the stored value. The channel never changes. */
export const connectionEditForm = z.strictObject({ platform: platformField.optional(), ...credentialShape });

export type ConnectionForm = { platform: string } & CredentialForm;
export type ConnectionEditForm = { platform?: string | undefined } & CredentialForm;
