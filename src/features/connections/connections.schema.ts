import { z } from 'zod';
import { credentialShape, platformField } from '#core/connection-form.ts';

/** POST /bots/:id/connections. */
export const connectionForm = z.strictObject({ platform: platformField.default('telegram'), ...credentialShape });

/** POST /bots/:id/connections/:connectionId: an empty secret keeps the stored one. The platform never changes. */
export const connectionEditForm = z.strictObject({ platform: platformField.optional(), ...credentialShape });

/** POST …/start, …/stop and …/subscribe: a button. */
export const connectionActForm = z.object({});

export type ConnectionForm = z.output<typeof connectionForm>;
export type ConnectionEditForm = z.output<typeof connectionEditForm>;
