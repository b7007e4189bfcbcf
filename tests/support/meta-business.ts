// The whole product with a business on WhatsApp and Instagram, connected through the site's forms, and Meta emulated.
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from './graph-emulator/graph-emulator.ts';
import { type Product, type ProductOptions, startProduct } from './product.ts';
import { registerOwner, type Visitor } from './site-visitor.ts';

export interface MetaBusiness {
  product: Product;
  graph: GraphEmulator;
  owner: Visitor;
  whatsapp: GraphAccount;
  instagram: GraphAccount;
  /** Starts the process again, after it was ended; Meta then calls the new one. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startMetaBusiness({
  ai = true,
  env = {},
  deskToken,
}: {
  ai?: boolean;
  deskToken?: string;
  env?: Record<string, string>;
} = {}): Promise<MetaBusiness> {
  const graph = await startGraphEmulator();
  const adapt: ProductOptions['adapt'] = (base) => ({ ...base, META_GRAPH_URL: graph.url, ...env });
  const product = await startProduct({ ai, adapt, ...(deskToken && { deskToken }) });
  graph.controls.siteUrl = product.app.url;
  const owner = await registerOwner(product.app.url, 'oltin-non');
  await product.installation.query("UPDATE subscriptions SET type = 'PREMIUM', max_bots = 20, max_messages_per_month = 100000");

  const whatsapp = graph.addNumber({
    id: '106540352242922',
    token: 'EAAGwhatsappwhatsappwhatsapp',
    appSecret: 'whatsapp-app-secret',
  });
  const instagram = graph.addInstagram({
    id: '17841405822304914',
    token: 'IGAAinstagraminstagraminsta',
    appSecret: 'instagram-app-secret',
  });
  for (const account of [whatsapp, instagram]) await createBot(owner, account);
  return {
    product,
    graph,
    owner,
    whatsapp,
    instagram,
    async restart() {
      await product.restart();
      graph.controls.siteUrl = product.app.url;
    },
    async close() {
      await product.close();
      await graph.close();
    },
  };
}

async function createBot(owner: Visitor, { kind, id, token, appSecret }: GraphAccount): Promise<void> {
  const idField = kind === 'whatsapp' ? 'whatsappPhoneNumberId' : 'instagramAccountId';
  const done = await owner.submit('/bots/new', '/bots', {
    name: `Oltin Non ${kind}`,
    systemPrompt: 'Siz nonvoyxona yordamchisisiz.',
    platform: kind,
    [`${kind}AccessToken`]: token,
    [idField]: id,
    [`${kind}AppSecret`]: appSecret,
  });
  const page = /^\/bots\/[0-9a-f-]{36}/.exec(done.location ?? '')?.[0];
  if (!page) throw new Error(`creating a bot answered ${done.status}:\n${done.html}`);
  const entries = [
    { title: 'Ish vaqti', content: 'Nonvoyxona har kuni soat 7:00 dan 22:00 gacha ochiq.' },
    { title: 'Доставка', content: 'Доставка по городу стоит 15 000 сумов и занимает один час.' },
  ];
  for (const entry of entries) await owner.submit(`${page}/knowledge`, `${page}/knowledge`, entry);
}
