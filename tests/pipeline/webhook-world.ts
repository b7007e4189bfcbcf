// The app with a WhatsApp and an Instagram connection of one bot, and Meta to post to it.
import request from 'supertest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { testApp } from '../support/app.ts';
import { type AccountSpec, createAccount, type GraphAccount } from '../support/graph-emulator/accounts.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { messagesOf, seedShop } from '../support/pipeline.ts';

export const VERIFY_TOKEN = 'a-verify-token-of-this-site';

type Kind = GraphAccount['kind'];

export async function webhookWorld(env: Record<string, string> = {}, beside?: Parameters<typeof testApp>[1]) {
  const site = await testApp({ META_VERIFY_TOKEN: VERIFY_TOKEN, ...env }, beside);
  const { sql, container } = site;

  return {
    ...site,

    /** A connection of a new bot; without `ownSecret` it relies on the installation's. */
    async connect(kind: Kind, spec: Partial<AccountSpec> = {}, ownSecret = true) {
      const shop = await seedShop({ sql });
      const id = spec.id ?? String(Math.floor(Math.random() * 1e15));
      const account = createAccount(kind, { id, token: `EAA${newId()}`, appSecret: `secret-${newId()}`, ...spec }, Date.now());
      const credentials = {
        [`${kind}AccessToken`]: account.token,
        [kind === 'whatsapp' ? 'whatsappPhoneNumberId' : 'instagramAccountId']: id,
        ...(ownSecret && { [`${kind}AppSecret`]: account.appSecret }),
      };
      const row = { id: shop.connectionId, tenantId: shop.tenantId };
      const { sealedSecrets } = container.secrets.sealCredentials(row, credentials, account.token);
      await sql.query(`UPDATE connections SET platform = $2::"Platform", account_id = $3, sealed_secrets = $4 WHERE id = $1`, [
        shop.connectionId,
        kind,
        id,
        sealedSecrets,
      ]);
      return { account, shop, messages: () => messagesOf({ sql }, shop) };
    },

    /** Posts these very bytes. */
    post: (kind: Kind, body: Buffer, signature?: string) => {
      const call = request(site.app).post(`/webhooks/${kind}`).set('content-type', 'application/json');
      if (signature !== undefined) call.set('x-hub-signature-256', signature);
      return call.serialize((bytes) => bytes).send(body);
    },

    /** Posts a delivery as Meta does. */
    deliver(account: GraphAccount, payload: unknown, secret = account.appSecret) {
      const body = bytesOf(payload);
      return this.post(account.kind, body, signatureOf(body, secret));
    },

    /** How much there is in the tables a delivery may write to. */
    async stored(): Promise<number> {
      const { rows } = await sql.query<{ n: number }>(
        `SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM customers) + (SELECT count(*) FROM conversations)
           + (SELECT count(*) FROM pgboss.job) AS n`,
      );
      return rows[0]?.n ?? -1;
    },
  };
}

export type WebhookWorld = Awaited<ReturnType<typeof webhookWorld>>;
