// What Meta knows of a business: a WhatsApp number or an Instagram account, its token, its app's secret and its customers.

export interface AccountSpec {
  /** The phone number id, or the Instagram account's id as webhooks name it. */
  id: string;
  token: string;
  appSecret: string;
  name?: string;
  /** WhatsApp: the number shown. Instagram: the username. */
  handle?: string;
}

export interface SentText {
  /** `to` or `recipient` of WhatsApp, the recipient's id of Instagram. */
  chatId: string;
  /** WhatsApp: `recipient` was used, as BSUIDs need it. */
  byUserId: boolean;
  text: string;
  externalId: string;
  atMs: number;
  /** The photo's media id, or its address on Instagram. */
  photo?: string;
  /** The media id, or its address on Instagram. */
  file?: { kind: 'voice' | 'audio' | 'document'; id: string; name?: string };
  button?: { label: string; url: string };
  /** Reply buttons, rows of a list, or quick replies. */
  choices?: { id: string; title: string; description?: string }[];
  shape?: 'button' | 'list';
  template?: { name: string; language: string; parameters: string[]; parts?: string[] };
}

/** A message template as WhatsApp Manager has it. */
export interface TemplateSpec {
  name: string;
  language: string;
  /** `{{1}}`, `{{2}}` … or `{{name}}` stand for the parameters. */
  body: string;
  header?: { format: 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT'; text?: string };
  buttons?: { type: 'URL' | 'COPY_CODE' | 'QUICK_REPLY'; text?: string; url?: string }[];
  status: 'APPROVED' | 'PENDING' | 'PAUSED' | 'DISABLED';
}

export interface GraphRequest {
  method: string;
  path: string;
  token: string | null;
  body: Record<string, unknown>;
}

export interface GraphAccount extends Required<AccountSpec> {
  kind: 'whatsapp' | 'instagram';
  revoked: boolean;
  /** When the token was made; Instagram's cannot be refreshed before a day has passed. */
  tokenAtMs: number;
  /** When each customer wrote last. */
  lastInboundMs: Map<string, number>;
  /** Instagram: what customers call themselves, by their id. */
  profiles: Map<string, { name: string; username: string }>;
  /** Instagram: messages as GET /{mid} tells them. */
  messages: Map<string, Record<string, unknown>>;
  /** WhatsApp: the business account of the number, and those that the token names when asked. */
  businessId: string;
  namedBusinesses: string[];
  /** WhatsApp: whether the number may send, and the PIN of its two-step verification. */
  registered: boolean;
  pin: string | null;
  /** What Meta was asked to call about; null: it does not call. */
  subscribed: string[] | null;
  sent: SentText[];
  requests: GraphRequest[];
  /** What was marked as read, and where "typing…" was shown. */
  read: string[];
  typing: string[];
  media: Map<string, { bytes: Buffer; mimeType: string }>;
  /** WhatsApp: how often a file was uploaded. */
  uploads: number;
  templates: TemplateSpec[];
  /** How long ago a message to the same customer must be; 0: whatever. */
  pairLimitMs: number;
}

export function createAccount(kind: GraphAccount['kind'], spec: AccountSpec, nowMs: number): GraphAccount {
  return {
    name: 'Oltin Non',
    handle: kind === 'whatsapp' ? '+998 71 200 00 00' : 'oltin.non',
    ...spec,
    kind,
    revoked: false,
    tokenAtMs: nowMs,
    lastInboundMs: new Map(),
    profiles: new Map(),
    messages: new Map(),
    businessId: `9${spec.id}`,
    namedBusinesses: [`9${spec.id}`],
    registered: true,
    pin: null,
    subscribed: null,
    sent: [],
    requests: [],
    read: [],
    typing: [],
    media: new Map(),
    uploads: 0,
    templates: [],
    pairLimitMs: 0,
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

export const isWindowOpen = (account: GraphAccount, chatId: string, nowMs: number): boolean =>
  nowMs - (account.lastInboundMs.get(chatId) ?? Number.NEGATIVE_INFINITY) < DAY_MS;
