import type { ChannelAdapter, Channels, CredentialField, Credentials } from '#channels/channel.ts';
import type { CredentialForm } from '#channels/connection-form.ts';
import { ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';

/** Credentials that may be stored, with what the platform told of the account. */
export interface CheckedCredentials {
  platform: ChannelKind;
  /** Entered here: what the installation gives by default stays where it is. */
  credentials: Credentials;
  /** Whose last characters are shown. */
  secretField: string;
  /** Where an error about the account is shown. */
  accountField: string;
  accountId: string;
  displayName: string | null;
  username: string | null;
  /** Null when the platform confirmed them; else why it could not yet. */
  pending: { reason: 'unreachable'; retryAfterMs: number } | null;
  /** Confirmed, and nothing has to be polled: it works from now on. */
  ready: boolean;
  /** Signed for by the installation's own app, whose webhook may be set up already. */
  sharesApp: boolean;
  /** The token was entered now and runs out some day. */
  renewable: boolean;
}

const CHECK_TIMEOUT_MS = 5_000;
const RETRY_MS = 5_000;
/** Faults of the token; whatever else is refused is about the account it is asked for. */
const TOKEN_FAULTS = ['token_revoked', 'not_permitted', 'account_restricted', 'payment_required'];

/**
 * Asks the platform whose credentials these are. Fields left empty keep what is `stored`, else the installation's own
 * values count. Null when nothing was entered and that does not suffice. Waits for the network up to 5 s: never call it
 * inside a transaction.
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
  const { fields, accountField } = adapter;
  const entered = enteredFields(fields, form);
  const credentials = { ...stored, ...entered };
  const known = { ...adapter.defaults, ...credentials };
  const nothingNew = Object.keys(entered).length === 0;
  if (nothingNew && (Object.keys(stored).length > 0 || !fields.every(({ name, optional }) => optional || known[name])))
    return null;

  refuseMalformed(fields, known);
  const secretField = secretFieldOf(adapter);
  const account = await askPlatform(adapter, credentials, secretField);
  // Nobody waits for it: whether the platform calls, the first delivery shows, and the owner can ask again.
  if (!account.pending) void adapter.subscribe?.(credentials);
  return {
    platform,
    credentials,
    secretField,
    accountField,
    ...account,
    ready: adapter.webhook !== undefined && account.pending === null,
    sharesApp: adapter.webhook !== undefined && adapter.webhook.secretOf(credentials) === null,
    renewable: adapter.renewToken !== undefined && secretField in entered,
  };
}

function enteredFields(fields: readonly CredentialField[], form: CredentialForm): Credentials {
  const values = fields.map(({ name }) => [name, form[name]?.trim() ?? ''] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}

function refuseMalformed(fields: readonly CredentialField[], credentials: Credentials): void {
  const errors = fields.flatMap(({ name, pattern, optional }) => {
    const value = credentials[name];
    if (!value) return optional ? [] : [[name, 'connections.error.required']];
    return pattern && !pattern.test(value) ? [[name, `connections.error.malformed_${name}`]] : [];
  });
  if (errors.length > 0) throw new ValidationError(Object.fromEntries(errors));
}

/** The secret whose last characters an owner recognises. */
export const secretFieldOf = ({ fields, accountField }: Pick<ChannelAdapter, 'fields' | 'accountField'>): string =>
  fields.find(({ secret }) => secret)?.name ?? accountField;

async function askPlatform(adapter: ChannelAdapter, credentials: Credentials, secretField: string) {
  const answer = await withinTimeout(adapter.check(credentials));
  if (answer?.ok) {
    return { accountId: answer.accountId, displayName: answer.displayName, username: answer.username ?? null, pending: null };
  }
  const canWait = answer === null || answer.reason === 'unreachable' || answer.reason === 'rate_limited';
  const accountId = adapter.accountIdOf(credentials);
  if (!canWait || accountId === null) {
    const field = canWait || !TOKEN_FAULTS.includes(answer.reason) ? adapter.accountField : secretField;
    throw new ValidationError({ [field]: `connections.error.refused_${field}` });
  }
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
