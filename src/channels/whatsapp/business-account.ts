import { ACCOUNT_ID } from '../meta/credentials.ts';
import type { GraphClient } from '../meta/graph-client.ts';
import { objectOf, objectsOf, textOf } from '../meta/json.ts';
import type { Sender } from './whatsapp.sends.ts';

export const BUSINESS_ACCOUNT_FIELD = 'whatsappBusinessAccountId';

const SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'];
const MAX_ACCOUNTS = 5;
/** The check of the number itself must not fail because of these calls. */
const TIMEOUT_MS = 2_000;
/** A page waits for the look. */
const LOOK_TIMEOUT_MS = 1_500;

/**
 * The business account that a number belongs to. Meta delivers only to apps that are subscribed to it.
 * Source: META graph-api/webhooks/getting-started/webhooks-for-whatsapp, graph-api/reference/debug_token (2026-11).
 */
export function createBusinessAccounts(graph: GraphClient) {
  async function numbersOf(token: string, accountId: string): Promise<string[]> {
    const path = `${encodeURIComponent(accountId)}/phone_numbers`;
    const query = { fields: 'id', limit: '100' };
    const answer = await graph.call({ method: 'GET', path, token, query, timeoutMs: TIMEOUT_MS });
    return answer.ok ? objectsOf(answer.body['data']).flatMap(({ id }) => textOf(id) ?? []) : [];
  }

  async function accountsOf(token: string): Promise<string[]> {
    const query = { input_token: token };
    const answer = await graph.call({ method: 'GET', path: 'debug_token', token, query, timeoutMs: TIMEOUT_MS });
    const scopes = answer.ok ? objectsOf(objectOf(answer.body['data'])['granular_scopes']) : [];
    const targets = scopes.filter(({ scope }) => SCOPES.includes(String(scope))).flatMap((scope) => scope['target_ids'] ?? []);
    return [...new Set(targets.map((id) => textOf(id) ?? ''))].filter((id) => ACCOUNT_ID.test(id)).slice(0, MAX_ACCOUNTS);
  }

  /** The app that the token belongs to. */
  async function appOf(token: string): Promise<string | undefined> {
    const query = { input_token: token };
    const answer = await graph.call({ method: 'GET', path: 'debug_token', token, query, timeoutMs: LOOK_TIMEOUT_MS });
    return answer.ok ? textOf(objectOf(answer.body['data'])['app_id']) : undefined;
  }

  return {
    /**
     * Whether the token's app is among those that Meta delivers the account to; null when Meta does not tell.
     * Source: META graph-api/reference/whats-app-business-account/subscribed_apps (2026-11).
     */
    async isSubscribed({ token }: Sender, accountId: string): Promise<boolean | null> {
      const path = `${encodeURIComponent(accountId)}/subscribed_apps`;
      const [answer, app] = await Promise.all([
        graph.call({ method: 'GET', path, token, timeoutMs: LOOK_TIMEOUT_MS }),
        appOf(token),
      ]);
      if (!answer.ok) return null;
      const apps = objectsOf(answer.body['data']).map((one) => textOf(objectOf(one['whatsapp_business_api_data'])['id']));
      return app === undefined ? apps.length > 0 : apps.includes(app);
    },

    /** Null when the token does not name its accounts, or none of them has the number. */
    async find({ token, phoneId }: Sender): Promise<string | null> {
      const ids = await accountsOf(token);
      if (ids.length < 2) return ids[0] ?? null;
      for (const id of ids) if ((await numbersOf(token, id)).includes(phoneId)) return id;
      return null;
    },

    /** True unless Meta lists the account's numbers without this one. */
    async mayHave({ token, phoneId }: Sender, accountId: string): Promise<boolean> {
      const numbers = await numbersOf(token, accountId);
      return numbers.length === 0 || numbers.includes(phoneId);
    },
  };
}
