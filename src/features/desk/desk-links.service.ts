import { DESK_START } from '#channels/telegram/desk/desk.event.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { MINUTE_MS } from '#core/durations.ts';
import { NotFoundError } from '#core/errors.ts';
import { newToken } from '#platform/crypto/ids.ts';
import type { Sealer } from '#platform/crypto/seal.ts';
import type { Database } from '#platform/db/database.ts';
import type { Actor } from '#web/actor.ts';
import type { DeskChats } from './desk-chats.ts';
import { hashOfCode } from './desk-inbox.ts';
import type { DeskSettings, LinksRepo } from './links.repo.ts';

interface Deps {
  links: LinksRepo;
  chats: Pick<DeskChats, 'changedElsewhere'>;
  sealer: Sealer;
  audit: AuditLog;
  database: Pick<Database, 'now'>;
  /** The installation's bot. */
  installation: { accountId: string } | null;
}

/** The bot in whose chat members of a business answer. */
export interface BotOfDesk {
  connectionId: string | null;
  accountId: string;
  /** Null until the installation's bot was reached for the first time. */
  username: string | null;
}

export interface LinkState {
  name: string;
  since: Date;
  username: string | null;
  /** Why nothing arrives there. */
  broken: 'refused' | 'stopped' | null;
  mode: string;
  settings: DeskSettings;
}

export interface DeskPage {
  bot: BotOfDesk | null;
  link: LinkState | null;
  code: { value: string; until: Date } | null;
}

const CODE_MS = 10 * MINUTE_MS;
/** A code that is shown can still be used for this long. */
const CODE_LEFT_MS = 2 * MINUTE_MS;

const sealContext = (tenantId: string, userId: string) => ({
  table: 'desk_codes',
  column: 'sealed_code',
  rowId: userId,
  tenantId,
});

/** A member's link to their Telegram chat. */
export function createDeskLinks({ links, chats, sealer, audit, database, installation }: Deps) {
  const record = (actor: Actor, action: AuditAction): Promise<void> => audit.record({ ...actor, action });

  async function botOf(tenantId: string): Promise<BotOfDesk | null> {
    if (installation) {
      const bot = await links.installationBot(installation.accountId);
      return { connectionId: null, accountId: installation.accountId, username: bot?.username ?? null };
    }
    const own = await links.ownBot(tenantId);
    return own && { connectionId: own.id, accountId: own.accountId, username: own.username };
  }

  async function linkOf(tenantId: string, userId: string): Promise<LinkState | null> {
    const link = await links.linkOf(tenantId, userId);
    if (!link) return null;
    const { name, createdAt: since, mode, brokenAt, connection, connectionId, accountId, ...settings } = link;
    const ofInstallation = connectionId === null ? await links.installationBot(accountId) : null;
    const works = connection ? connection.enabled && connection.state === 'ACTIVE' : installation?.accountId === accountId;
    const broken = brokenAt ? 'refused' : works ? null : 'stopped';
    const { onlyHandoffs, quietFrom, quietUntil } = settings;
    const username = connection?.username ?? ofInstallation?.username ?? null;
    return { name, since, username, broken, mode, settings: { onlyHandoffs, quietFrom, quietUntil } };
  }

  async function newCode({ tenantId, actorId: userId }: Actor, bot: BotOfDesk): Promise<void> {
    const code = newToken();
    const expiresAt = new Date((await database.now()).getTime() + CODE_MS);
    const { connectionId, accountId } = bot;
    const sealedCode = sealer.seal(code, sealContext(tenantId, userId));
    await links.putCode({ tenantId, userId, codeHash: hashOfCode(code), sealedCode, connectionId, accountId, expiresAt });
  }

  /** The newest code, while it can be used with that bot. */
  async function openCode({ tenantId, actorId: userId }: Actor, bot: BotOfDesk): Promise<DeskPage['code']> {
    const row = await links.codeOf(tenantId, userId);
    const now = await database.now();
    if (!row || row.usedAt || row.accountId !== bot.accountId || row.expiresAt.getTime() - now.getTime() < CODE_LEFT_MS)
      return null;
    const code = sealer.open(row.sealedCode, sealContext(tenantId, userId));
    return { value: `${DESK_START}${code}`, until: row.expiresAt };
  }

  return {
    /** A member without a desk gets a code at once: it changes nothing until they use it in their own Telegram. */
    async page(actor: Actor): Promise<DeskPage> {
      const [bot, link] = await Promise.all([botOf(actor.tenantId), linkOf(actor.tenantId, actor.actorId)]);
      if (!bot?.username) return { bot, link, code: null };
      let code = await openCode(actor, bot).catch(() => null);
      if (!code && !link) {
        await newCode(actor, bot);
        code = await openCode(actor, bot);
      }
      return { bot, link, code };
    },

    /** Earlier codes of the member stop working. */
    async renew(actor: Actor): Promise<void> {
      const bot = await botOf(actor.tenantId);
      if (!bot?.username) throw new NotFoundError();
      await newCode(actor, bot);
      await record(actor, 'desk.code_made');
    },

    async unlink(actor: Actor): Promise<void> {
      if (await links.unlink(actor.tenantId, actor.actorId)) await record(actor, 'desk.unlinked');
      await chats.changedElsewhere();
    },

    async saveSettings(actor: Actor, settings: DeskSettings): Promise<void> {
      if (!(await links.saveSettings(actor.tenantId, actor.actorId, settings))) throw new NotFoundError();
      await record(actor, 'desk.settings_changed');
    },
  };
}

export type DeskLinks = ReturnType<typeof createDeskLinks>;
