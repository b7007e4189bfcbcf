// Graph of WhatsApp and Instagram on loopback, as cheap as possible: it knows accounts by token and accepts every text.
// tests/support/graph-emulator is the strict one.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BenchBot } from './database.ts';

export interface MetaAccount {
  index: number;
  platform: 'whatsapp' | 'instagram';
  id: string;
  /** The visible number or name. */
  handle: string;
  token: string;
  appSecret: string;
}

export interface SentByBot {
  account: MetaAccount;
  chatId: string;
  text: string;
  externalId: string;
}

/** WhatsApp and Instagram accounts in turn. */
export const metaAccounts = (count: number): MetaAccount[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    platform: index % 2 === 0 ? 'whatsapp' : 'instagram',
    id: String(100_000_000_000_000 + index),
    handle: `bench${index}`,
    token: `EAAGbench${String(index).padStart(6, '0')}`,
    appSecret: `app-secret-of-account-${index}`,
  }));

export function seedOf({ index, platform, id, handle, token, appSecret }: MetaAccount): BenchBot {
  const idField = platform === 'whatsapp' ? 'whatsappPhoneNumberId' : 'instagramAccountId';
  const credentials = { [`${platform}AccessToken`]: token, [idField]: id, [`${platform}AppSecret`]: appSecret };
  return { index, platform, accountId: id, displayName: handle, username: handle, credentials, secret: token };
}

/** `onSent` is called with every text a bot sends, before the response. */
export async function startGraph(accounts: MetaAccount[], onSent: (sent: SentByBot) => void) {
  const byToken = new Map(accounts.map((account) => [`Bearer ${account.token}`, account]));
  const server = createServer(async (request, response) => {
    const account = byToken.get(request.headers.authorization ?? '');
    const body = request.method === 'POST' ? (JSON.parse(await read(request)) as GraphBody) : null;
    const text = typeof body?.text === 'object' ? body.text.body : body?.message?.text;
    const answer = !body || text === undefined ? { success: true, name: 'Dilnoza', username: 'dilnoza' } : send(body, text);
    response.writeHead(account ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer));

    function send(sent: GraphBody, words: string): object {
      const externalId = `${account?.platform === 'whatsapp' ? 'wamid.' : 'mid.'}${randomUUID()}`;
      const chatId = sent.to ?? sent.recipient?.id ?? '';
      if (account) onSent({ account, chatId, text: words, externalId });
      return { messages: [{ id: externalId }], recipient_id: chatId, message_id: externalId };
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface GraphBody {
  to?: string;
  recipient?: { id?: string };
  text?: { body?: string };
  message?: { text?: string };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
