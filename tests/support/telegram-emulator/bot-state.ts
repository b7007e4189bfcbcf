import type { InlineKeyboardButton, Update } from 'grammy/types';

export interface BotSpec {
  token: string;
  id?: number;
  username?: string;
  name?: string;
}

export interface SentMessage {
  chatId: number;
  messageId: number;
  /** As a reader sees it. */
  text: string;
  /** As it was sent. */
  raw: string;
  parseMode: string | null;
  atMs: number;
  /** The photo's file id. */
  photo?: string;
  /** As it came, by its bytes or by the id of a file the bot has. */
  file?: { kind: 'voice' | 'audio' | 'document'; bytes: Buffer; fileId?: string };
  button?: InlineKeyboardButton & { url?: string };
  buttons?: InlineKeyboardButton[];
  keyboard: KeyboardButton[][];
  /** The message it replies to. */
  replyTo: number | null;
  /** The topic of a group. */
  thread: number | null;
  silent: boolean;
  /** How often it was edited. */
  edits: number;
}

export interface KeyboardButton {
  text: string;
  url?: string;
  callback_data?: string;
}

/** What a person who pressed a button is shown. */
export interface PressAnswer {
  text: string;
  alert: boolean;
}

export interface Call {
  method: string;
  params: Record<string, unknown>;
  atMs: number;
}

export interface PendingPoll {
  answer(updates: Update[]): void;
  terminate(description: string): void;
}

/** How the server calls the bot's program, and how it went. */
export interface WebhookState {
  secret: string;
  allowedUpdates: string[];
  maxConnections: number;
  lastErrorDate: number;
  lastErrorMessage: string;
  /** Tells the server that there is something to bring, or that it is over. */
  wake: () => void;
}

/** One bot as the server holds it. */
export interface BotState {
  token: string;
  id: number;
  username: string;
  name: string;
  revoked: boolean;
  webhookUrl: string;
  webhook: WebhookState;
  /** Not yet confirmed, in the order of their ids. */
  queue: Update[];
  delivered: Map<number, Update>;
  allowedUpdates: string[] | null;
  nextUpdateId: number;
  nextMessageId: number;
  poll: PendingPoll | null;
  overlappingPolls: number;
  sent: SentMessage[];
  calls: Call[];
  blockedBy: Set<number>;
  knownChats: Set<number>;
  /** Groups that threw the bot out, and those where it may only read. */
  kickedFrom: Set<number>;
  mutedIn: Set<number>;
  /** Groups that became supergroups, with their new ids. */
  migrated: Map<number, number>;
  /** Topics by chat. */
  topics: Map<number, Set<number>>;
  /** The chat of each message. */
  chatOf: Map<number, number>;
  files: Map<string, { path: string; bytes: Buffer; mimeType: string; kind?: string }>;
  /** How often a photo's bytes came. */
  photoUploads: number;
  /** By language; '' for all others. */
  commands: Record<string, { command: string; description: string }[]>;
  profile: Record<'description' | 'short_description', Record<string, string>>;
  /** Presses by their id; null until the bot's program answers. */
  presses: Map<string, PressAnswer | null>;
}

export function createBotState({ token, id, username, name }: BotSpec): BotState {
  const botId = id ?? Number(token.split(':')[0]);
  return {
    token,
    id: botId,
    username: username ?? `bot${botId}_bot`,
    name: name ?? `Bot ${botId}`,
    revoked: false,
    webhookUrl: '',
    webhook: { secret: '', allowedUpdates: [], maxConnections: 40, lastErrorDate: 0, lastErrorMessage: '', wake: () => {} },
    queue: [],
    delivered: new Map(),
    allowedUpdates: null,
    nextUpdateId: 100_000 + (botId % 1_000) * 1_000,
    nextMessageId: 1,
    poll: null,
    overlappingPolls: 0,
    sent: [],
    calls: [],
    blockedBy: new Set(),
    knownChats: new Set(),
    kickedFrom: new Set(),
    mutedIn: new Set(),
    migrated: new Map(),
    topics: new Map(),
    chatOf: new Map(),
    files: new Map(),
    photoUploads: 0,
    commands: {},
    profile: { description: {}, short_description: {} },
    presses: new Map(),
  };
}

const kindOf = (update: Update): string => Object.keys(update).find((key) => key !== 'update_id') ?? '';

/** Puts an update where getUpdates finds it, and wakes a waiting poll. */
export function enqueue(bot: BotState, update: Update): void {
  if (bot.allowedUpdates && !bot.allowedUpdates.includes(kindOf(update))) return;
  bot.queue.push(update);
  bot.webhook.wake();
  if (bot.poll) {
    const { poll } = bot;
    bot.poll = null;
    poll.answer(take(bot, 100));
  }
}

/** Forgets everything below the offset, as the real server does when it is asked with it. */
export function confirm(bot: BotState, offset: number): void {
  if (offset > 0) bot.queue = bot.queue.filter((update) => update.update_id >= offset);
  if (offset < 0) bot.queue = bot.queue.slice(offset);
}

export function take(bot: BotState, limit: number): Update[] {
  const updates = bot.queue.slice(0, limit);
  for (const update of updates) bot.delivered.set(update.update_id, update);
  return updates;
}
