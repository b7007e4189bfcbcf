import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type AccountSpec, createAccount, type GraphAccount, type SentText } from './accounts.ts';
import { createFaults, type GraphFaultRule } from './faults.ts';
import {
  type CustomerWrites,
  instagramDelivery,
  instagramEcho,
  instagramMessage,
  whatsappDelivery,
  whatsappMessage,
  whatsappStatus,
} from './payloads.ts';
import { bytesOf, postSigned } from './sender.ts';
import { createGraphServer, type GraphState } from './server.ts';

export type { GraphAccount, SentText } from './accounts.ts';

const WAIT_MS = 60_000;
// Meta comes again with what was not answered 200, for 36 hours, ever more seldom; here the first of it, sooner.
const REDELIVERY_MS = 400;

/** What Meta does by itself after each message of ours. */
export interface GraphControls {
  /** The site the webhooks are at; null: nothing is delivered by itself. */
  siteUrl: string | null;
  /** WhatsApp: sent, delivered, read. */
  receipts: boolean;
  /** Instagram: the echo of our own message, which may overtake the answer to the call. */
  echo: 'before' | 'after' | 'never';
  /** Added to the clock. */
  clockMs: number;
}

/** Graph for WhatsApp and Instagram on a loopback port, with the customers on the other side. */
export async function startGraphEmulator({ port = 0 }: { port?: number } = {}) {
  const controls: GraphControls = { siteUrl: null, receipts: false, echo: 'never', clockMs: 0 };
  const waiting = new Set<() => void>();
  const state: GraphState = {
    url: '',
    accounts: [],
    faults: createFaults(),
    now: () => Date.now() + controls.clockMs,
    siteUrl: () => controls.siteUrl,
    changed: () => waiting.forEach((look) => void look()),
    onSent,
  };
  const statuses: Promise<number>[] = [];
  let closed = false;

  async function onSent(account: GraphAccount, externalId: string): Promise<void> {
    const sent = account.sent.find((one) => one.externalId === externalId) as SentText;
    if (!controls.siteUrl) return;
    if (account.kind === 'whatsapp' && controls.receipts) {
      for (const word of ['sent', 'delivered', 'read']) {
        statuses.push(
          emulator.deliverUntilTaken(account, whatsappDelivery(account, whatsappStatus(externalId, sent.chatId, word))),
        );
      }
    }
    if (account.kind === 'instagram' && controls.echo !== 'never') {
      const echo = emulator.deliverUntilTaken(
        account,
        instagramDelivery(account, [instagramEcho(account, sent.chatId, { mid: externalId, text: sent.text })]),
      );
      statuses.push(echo);
      if (controls.echo === 'before') await echo;
    }
  }

  function add(kind: GraphAccount['kind'], spec: AccountSpec): GraphAccount {
    const account = createAccount(kind, spec, state.now());
    state.accounts.push(account);
    return account;
  }

  const emulator = {
    url: '',
    controls,
    addNumber: (spec: AccountSpec): GraphAccount => add('whatsapp', spec),
    addInstagram: (spec: AccountSpec): GraphAccount => add('instagram', spec),
    addMedia(account: GraphAccount, bytes: Buffer, mimeType: string): string {
      const id = String(randomBytes(6).readUIntBE(0, 6));
      account.media.set(id, { bytes, mimeType });
      return id;
    },
    /** Where an Instagram attachment is: no token needed, as on the real CDN. */
    cdnUrl: (id: string): string => `${state.url}/cdn/${id}`,
    fault: (rule: GraphFaultRule): void => state.faults.add(rule),
    heal: (): void => state.faults.clear(),

    /** Signs and posts a delivery; gives the answer's status. */
    deliver: (account: GraphAccount, payload: unknown): Promise<number> =>
      postSigned(`${controls.siteUrl}/webhooks/${account.kind}`, bytesOf(payload), account.appSecret),

    /** Delivers again and again until the site says 200, or this emulator is closed; gives how often it took. */
    async deliverUntilTaken(account: GraphAccount, payload: unknown): Promise<number> {
      for (let tries = 1; ; tries += 1) {
        const status = await emulator.deliver(account, payload).catch(() => 0);
        if (status === 200 || closed) return tries;
        await new Promise((resolve) => setTimeout(resolve, REDELIVERY_MS).unref());
      }
    },

    /** A customer writes: opens the window, delivers the message. */
    async customerWrites(
      account: GraphAccount,
      message: CustomerWrites,
    ): Promise<{ externalId: string; status: number; payload: unknown }> {
      // The window counts from when the customer wrote, not from the delivery.
      for (const id of [message.from, message.userId]) {
        const before = (id && account.lastInboundMs.get(id)) || 0;
        if (id) account.lastInboundMs.set(id, Math.max(before, message.atMs ?? state.now()));
      }
      const { externalId, payload } = payloadOf(account, message);
      return { externalId, payload, status: await emulator.deliver(account, payload) };
    },

    /** Resolves when the condition holds; looked at after every call and twenty times a second. */
    async waitFor<T>(condition: () => T | Promise<T>, what = 'the condition', timeoutMs = WAIT_MS): Promise<NonNullable<T>> {
      const endMs = Date.now() + timeoutMs;
      for (;;) {
        const value = await condition();
        if (value) return value;
        if (Date.now() > endMs) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
        await nextChange(waiting);
      }
    },

    async close(): Promise<void> {
      closed = true;
      await Promise.allSettled(statuses);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const server = createGraphServer(state);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  emulator.url = state.url;
  return emulator;
}

export type GraphEmulator = Awaited<ReturnType<typeof startGraphEmulator>>;

function payloadOf(account: GraphAccount, message: CustomerWrites): { externalId: string; payload: unknown } {
  if (account.kind === 'whatsapp') {
    const { externalId, value } = whatsappMessage(message);
    return { externalId, payload: whatsappDelivery(account, value) };
  }
  const { externalId, event } = instagramMessage(account, message);
  return { externalId, payload: instagramDelivery(account, [event]) };
}

function nextChange(waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      clearTimeout(timer);
      waiting.delete(look);
      resolve();
    };
    const timer = setTimeout(look, 50);
    waiting.add(look);
  });
}
