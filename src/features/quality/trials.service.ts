import { answersDiffer } from '#core/answers-differ.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { DAY_MS } from '#core/durations.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { givesOrders } from '#core/importing/clean-source.ts';
import { type Language, REPLY_LANGUAGES, type ReplyLanguage } from '#core/languages.ts';
import { SELF_TEST_TOPICS, type SelfTestTopic, selfTestQuestions } from '#core/self-test.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { Database } from '#platform/db/database.ts';
import type { Actor } from '#web/actor.ts';
import type { TrialItemRow, TrialKind, TrialRow, TrialsRepo } from './trials.repo.ts';

interface Deps {
  database: Pick<Database, 'prisma' | 'now'>;
  trials: TrialsRepo;
  audit: AuditLog;
  /** After something was put into the queue of runs. */
  wake: () => void;
}

/** Of customers, with the answers they got. */
const REPLAYED = 50;
const RECENT_DAYS = 90;
const ENTRIES_AT_ONCE = 200;
const MOST_NAMED = 20;

/** What a bot would say: to the last customers under other instructions, and to who tries to lead it astray. */
export function createTrialsService({ database, trials, audit, wake }: Deps) {
  const { prisma } = database;

  async function shown(
    tenantId: string,
    botId: string,
    kind: TrialKind,
  ): Promise<{ trial: TrialRow; items: TrialItemRow[] } | null> {
    const trial = await trials.find(tenantId, botId, kind);
    if (!trial) return null;
    const items = await trials.items(tenantId, botId, trial.id);
    return {
      trial,
      items: items.map((item) => ({
        ...item,
        text: item.text && shownText(item.text, item.mode),
        givenText: item.givenText && shownText(item.givenText, item.givenMode),
      })),
    };
  }

  /** The languages customers of the bot wrote in; all while nobody did. */
  async function languagesOf(tenantId: string, botId: string): Promise<ReplyLanguage[]> {
    const groups = await prisma.conversation.groupBy({ by: ['language'], where: { tenantId, botId, NOT: { language: null } } });
    const used = REPLY_LANGUAGES.filter((language) => groups.some((group) => group.language === language));
    return used.length > 0 ? used : ['uz', 'ru', 'en'];
  }

  /** Entries that talk to the model rather than to customers. */
  async function entriesWithOrders(tenantId: string, botId: string): Promise<{ id: string; title: string }[]> {
    const found: { id: string; title: string }[] = [];
    for (let after = ''; found.length < MOST_NAMED; ) {
      const entries = await prisma.knowledgeEntry.findMany({
        where: { tenantId, botId, ...(after !== '' && { id: { gt: after } }) },
        select: { id: true, title: true, content: true },
        orderBy: { id: 'asc' },
        take: ENTRIES_AT_ONCE,
      });
      found.push(...entries.filter(({ title, content }) => givesOrders(title) || givesOrders(content)));
      const last = entries.at(-1);
      if (!last || entries.length < ENTRIES_AT_ONCE) break;
      after = last.id;
    }
    return found.slice(0, MOST_NAMED).map(({ id, title }) => ({ id, title }));
  }

  return {
    /** The last replay; of its answers those that tell customers something else come apart from the others. */
    async replay(tenantId: string, botId: string) {
      const found = await shown(tenantId, botId, 'replay');
      if (!found) return null;
      const asked = found.items.filter(({ askedAt }) => askedAt !== null);
      const isOther = (item: TrialItemRow): boolean =>
        answersDiffer({ text: item.givenText ?? '', mode: item.givenMode }, { text: item.text ?? '', mode: item.mode });
      const differing = asked.filter(isOther);
      return { ...found, asked: asked.length, differing, same: asked.length - differing.length };
    },

    /** @throws ValidationError when nobody has asked yet, or one is under way */
    async beginReplay(actor: Actor, botId: string, systemPrompt: string): Promise<void> {
      const { tenantId } = actor;
      const since = new Date((await database.now()).getTime() - RECENT_DAYS * DAY_MS);
      const messageIds = await trials.recentQuestions(tenantId, botId, since, REPLAYED);
      if (messageIds.length === 0) throw new ValidationError({ form: 'quality.replay.nobody' });
      if (!(await trials.begin({ tenantId, botId, kind: 'replay', systemPrompt, messageIds })))
        throw new ValidationError({ form: 'quality.trial.under_way' });
      wake();
      await audit.record({ ...actor, action: 'quality.replayed', targetType: 'bot', targetId: botId, details: {} });
    },

    /** The last self-test by topic, wrong answers first. */
    async selfTest(tenantId: string, botId: string) {
      const found = await shown(tenantId, botId, 'self_test');
      if (!found) return null;
      const { items } = found;
      const asked = items.filter(({ askedAt }) => askedAt !== null).length;
      const topics = SELF_TEST_TOPICS.map((topic: SelfTestTopic) => {
        const of = items.filter((item) => item.topic === topic && item.askedAt !== null);
        return { topic, wrong: of.filter(({ isRight }) => isRight === false), right: of.filter(({ isRight }) => isRight) };
      });
      return { ...found, asked, topics };
    },

    /** @throws ValidationError while one is under way */
    async beginSelfTest(actor: Actor, botId: string, owner: Language): Promise<void> {
      const { tenantId } = actor;
      if (!(await prisma.bot.findFirst({ where: { tenantId, id: botId }, select: { id: true } }))) throw new NotFoundError();
      const questions = selfTestQuestions(await languagesOf(tenantId, botId), owner);
      const entries = await entriesWithOrders(tenantId, botId);
      if (!(await trials.begin({ tenantId, botId, kind: 'self_test', questions, entries })))
        throw new ValidationError({ form: 'quality.trial.under_way' });
      wake();
      await audit.record({ ...actor, action: 'quality.self_tested', targetType: 'bot', targetId: botId, details: {} });
    },
  };
}

export type TrialsService = ReturnType<typeof createTrialsService>;
