import type { ChannelAdapter, CredentialField, Credentials } from '#channels/channel.ts';
import type { CredentialForm } from '#core/connection-form.ts';
import { ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';

export type Channels = Record<ChannelKind, ChannelAdapter | undefined>;

/** Credentials that may be stored, with what the platform told of the account. */
export interface CheckedCredentials {
  platform: ChannelKind;
  credentials: Credentials;
  /** Where an error about the account is shown, and whose last characters are. */
  secretField: string;
  accountId: string;
  displayName: string | null;
  username: string | null;
  /** Null when the platform confirmed them; else why it could not yet. */
  pending: { reason: 'unreachable'; retryAfterMs: number } | null;
}

const CHECK_TIMEOUT_MS = 5_000;
const RETRY_MS = 5_000;

/**
 * Asks the platform whose credentials these are. `stored` fills the fields that were left empty. Null when nothing was
 * entered at all. Waits for the network up to 5 s: never call it inside a transaction.
 * @throws ValidationError at the field that the platform refuses, that is malformed, or at `platform` when it cannot be connected yet.
 */
export async function checkCredentials(
  channels: Channels,
  platform: ChannelKind,
  form: CredentialForm,
  stored: Credentials = {},
): Promise<CheckedCredentials | null> {
  const adapter = channels[platform];
  if (!adapter) throw new ValidationError({ platform: 'connections.error.platform_later' });
  const entered = enteredFields(adapter.credentialFields, form);
  if (Object.keys(entered).length === 0) return null;

  const credentials = { ...stored, ...entered };
  refuseMalformed(adapter.credentialFields, credentials);
  const secretField = (adapter.credentialFields.find(({ secret }) => secret) ?? adapter.credentialFields[0])?.name ?? 'platform';
  const account = await askPlatform(adapter, credentials, secretField);
  return { platform, credentials, secretField, ...account };
}

function enteredFields(fields: readonly CredentialField[], form: CredentialForm): Credentials {
  const values = fields.map(({ name }) => [name, form[name as keyof CredentialForm]?.trim() ?? ''] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}

function refuseMalformed(fields: readonly CredentialField[], credentials: Credentials): void {
  const errors = fields.flatMap(({ name, pattern }) => {
    const value = credentials[name];
    if (!value) return [[name, 'connections.error.required']];
    return pattern && !pattern.test(value) ? [[name, `connections.error.malformed_${name}`]] : [];
  });
  if (errors.length > 0) throw new ValidationError(Object.fromEntries(errors));
}

async function askPlatform(adapter: ChannelAdapter, credentials: Credentials, secretField: string) {
  const answer = await withinTimeout(adapter.check(credentials));
  if (answer?.ok) {
    return { accountId: answer.accountId, displayName: answer.displayName, username: answer.username ?? null, pending: null };
  }
  const canWait = answer === null || answer.reason === 'unreachable' || answer.reason === 'rate_limited';
  const accountId = adapter.accountIdOf(credentials);
  if (!canWait || accountId === null) throw new ValidationError({ [secretField]: `connections.error.refused_${adapter.kind}` });
  const pending = { reason: 'unreachable' as const, retryAfterMs: answer?.retryAfterMs ?? RETRY_MS };
  return { accountId, displayName: null, username: null, pending };
}

/** The answer, or null when it takes too long; a late one is dropped. */
function withinTimeout<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), CHECK_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
