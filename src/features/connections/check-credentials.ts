import type { ChannelAdapter, Channels, CredentialField, Credentials } from '#channels/channel.ts';
import type { CredentialForm } from '#channels/connection-form.ts';
import { ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { defaultsFor } from './installation-grants.ts';

export interface CheckedCredentials {
  platform: ChannelKind;
  /** Without the installation's defaults. */
  credentials: Credentials;
  /** Its last characters are shown. */
  secretField: string;
  accountField: string;
  accountId: string;
  displayName: string | null;
  username: string | null;
  /** Null when the platform confirmed them. */
  pending: { reason: 'unreachable'; retryAfterMs: number } | null;
  /** Confirmed, and the channel needs no polling. */
  ready: boolean;
  /** Signed by the installation's own app, whose webhook may be set up already. */
  sharesApp: boolean;
  renewable: boolean;
}

const CHECK_TIMEOUT_MS = 5_000;
const RETRY_MS = 5_000;
/** Every other refusal concerns the account. */
const TOKEN_FAULTS = ['token_revoked', 'not_permitted', 'account_restricted', 'payment_required'];

/**
 * Empty fields keep the `stored` value, then the installation's, as far as the tenant is `granted` them.
 * `countCall` may refuse the call to the platform. Null when nothing was entered and that is not enough.
 * Waits for the network up to 5 s: never call it inside a transaction. @throws ValidationError
 */
export async function checkCredentials(
  channels: Channels,
  platform: ChannelKind,
  form: CredentialForm,
  {
    stored = {},
    removed = false,
    granted,
    countCall = async () => {},
  }: { stored?: Credentials; removed?: boolean; granted: boolean; countCall?: () => Promise<void> },
): Promise<CheckedCredentials | null> {
  const adapter = channels[platform];
  if (!adapter) throw new ValidationError({ platform: 'connections.error.platform_later' });
  const { fields, accountField } = adapter;
  const entered = enteredFields(fields, form);
  const credentials = { ...stored, ...entered };
  const known = { ...defaultsFor(adapter, granted), ...credentials };
  const nothingNew = Object.keys(entered).length === 0 && !removed;
  if (nothingNew && (Object.keys(stored).length > 0 || !fields.every(({ name, optional }) => optional || known[name])))
    return null;

  refuseMalformed(fields, known);
  const secretField = secretFieldOf(adapter);
  await countCall();
  const account = await askPlatform(adapter, credentials, secretField);
  const { found, ...rest } = account;
  return {
    platform,
    credentials: toStore({ ...found, ...credentials }, fields),
    secretField,
    accountField,
    ...rest,
    ready: adapter.webhook !== undefined && account.pending === null,
    sharesApp: adapter.webhook !== undefined && adapter.webhook.secretsOf(credentials).length === 0,
    renewable: adapter.renewToken !== undefined && secretField in entered,
  };
}

const toStore = (credentials: Credentials, fields: readonly CredentialField[]): Credentials =>
  Object.fromEntries(Object.entries(credentials).filter(([name]) => !fields.some((field) => field.once && field.name === name)));

function enteredFields(fields: readonly CredentialField[], form: CredentialForm): Credentials {
  const values = fields.map((field) => [field.name, valueIn(field, form[field.name]?.trim() ?? '')] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}

/** The value, also out of the message around it. @throws ValidationError when there are several. */
function valueIn({ name, findIn }: CredentialField, pasted: string): string {
  const [value, ...others] = findIn?.(pasted) ?? [];
  if (others.length > 0) throw new ValidationError({ [name]: `connections.error.several_${name}` });
  return value ?? pasted;
}

function refuseMalformed(fields: readonly CredentialField[], credentials: Credentials): void {
  const errors = fields.flatMap(({ name, pattern, optional }) => {
    const value = credentials[name];
    if (!value) return optional ? [] : [[name, 'connections.error.required']];
    return pattern && !pattern.test(value) ? [[name, `connections.error.malformed_${name}`]] : [];
  });
  if (errors.length > 0) throw new ValidationError(Object.fromEntries(errors));
}

export const secretFieldOf = ({ fields, accountField }: Pick<ChannelAdapter, 'fields' | 'accountField'>): string =>
  fields.find(({ secret }) => secret)?.name ?? accountField;

async function askPlatform(adapter: ChannelAdapter, credentials: Credentials, secretField: string) {
  const answer = await withinTimeout(adapter.check(credentials));
  if (answer?.ok) {
    const { accountId, displayName, username = null, found = {} } = answer;
    return { accountId, displayName, username, found, pending: null };
  }
  const canWait = answer === null || answer.reason === 'unreachable' || answer.reason === 'rate_limited';
  const accountId = adapter.accountIdOf(credentials);
  if (!canWait || accountId === null) {
    const field = answer?.field ?? (canWait || !TOKEN_FAULTS.includes(answer.reason) ? adapter.accountField : secretField);
    const isUnregistered = answer?.reason === 'not_registered';
    throw new ValidationError({
      [field]: isUnregistered ? 'connections.error.not_registered' : `connections.error.refused_${field}`,
    });
  }
  const pending = { reason: 'unreachable' as const, retryAfterMs: answer?.retryAfterMs ?? RETRY_MS };
  return { accountId, displayName: null, username: null, found: {}, pending };
}

/** Null when it takes longer than a form may wait. */
export function withinTimeout<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), CHECK_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What is missing where nothing was entered. */
export function requiredErrors(channels: Channels, platform: ChannelKind, granted: boolean): Record<string, string> {
  const { fields = [], defaults: all = {} } = channels[platform] ?? {};
  const defaults = defaultsFor({ fields, defaults: all }, granted);
  const missing = fields.filter(({ name, optional }) => !optional && !(name in defaults));
  return Object.fromEntries(missing.map(({ name }) => [name, 'connections.error.required']));
}
