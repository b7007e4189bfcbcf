import type { KnowledgeText } from '#answering/knowledge-source.ts';
import { fillBlanks, hasBlanks, partsOf } from '#core/entry-blanks.ts';
import type { FactsApi } from '#features/facts/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { Actor } from '#web/actor.ts';
import { blankField, dropField } from './blank-fields.ts';
import type { PresetsQueries } from './presets.queries.ts';
import { presetOf, readPreset } from './read-preset.ts';
import type { SetupForm } from './setup-form.ts';
import { delivers } from './trades.ts';

/** Of the golden questions: keeps one that an answer of the owner's makes. */
export interface KeepsGolden {
  keep(
    actor: Actor,
    botId: string,
    golden: { question: string; content: string; origin: 'import'; originId: string },
  ): Promise<void>;
}

interface Deps {
  presets: PresetsQueries;
  entries: KnowledgeApi['entries'];
  facts: FactsApi;
  quality: KeepsGolden;
}

/** Step two of a new bot. An entry whose blanks stay empty stays as it is, and nothing is answered from it. */
export function createSetupService({ presets, entries, facts, quality }: Deps) {
  const presetOfBot = async (tenantId: string, botId: string) => presetOf((await presets.nameOf(tenantId, botId)) ?? '');

  async function fill(actor: Actor, botId: string, entry: KnowledgeText, values: (string | undefined)[]): Promise<string> {
    const content = fillBlanks(entry.content, values);
    if (content !== entry.content) await entries.update(actor, botId, entry.id, { title: entry.title, content });
    return content;
  }

  return {
    async page(tenant: { id: string; timeZone: string }, botId: string) {
      const [preset, unsorted, stored] = await Promise.all([
        presetOfBot(tenant.id, botId),
        entries.withBlanks(tenant.id, botId),
        facts.find(tenant.id, botId),
      ]);
      const open = inOrder(unsorted, preset ? readPreset(preset.trade, preset.language).entries : []);
      return {
        trade: preset?.trade ?? null,
        isDelivering: preset ? delivers(preset.trade) : true,
        hasFacts: stored !== null,
        open: open.map(({ id, title, content }) => ({
          ...{ id, title, drop: dropField(id) },
          parts: partsOf(content).map((part) => ('blank' in part ? { ...part, field: blankField(id, part.at) } : part)),
        })),
      };
    },

    /** How many entries are ready to answer from now, and how many still have blanks. */
    async save(actor: Actor, botId: string, { fields, facts: typed }: SetupForm, timeZone: string) {
      const preset = await presetOfBot(actor.tenantId, botId);
      const known = preset ? readPreset(preset.trade, preset.language).entries : [];
      if (typed) await facts.save(actor, botId, typed, timeZone);
      const counts = { ready: 0, left: 0 };
      for (const entry of inOrder(await entries.withBlanks(actor.tenantId, botId), known)) {
        if (fields[dropField(entry.id)]) {
          await entries.remove(actor, botId, entry.id);
          continue;
        }
        const values = partsOf(entry.content).flatMap((part) =>
          'blank' in part ? [fields[blankField(entry.id, part.at)] || undefined] : [],
        );
        const content = await fill(actor, botId, entry, values);
        counts[hasBlanks(content) ? 'left' : 'ready']++;
        const question = known.find(({ title }) => title === entry.title)?.question;
        if (question && !hasBlanks(content))
          await quality.keep(actor, botId, { question, content, origin: 'import', originId: entry.id });
      }
      return counts;
    },
  };
}

export type SetupService = ReturnType<typeof createSetupService>;

/** As the preset has them; others after them. */
function inOrder(entries: KnowledgeText[], known: readonly { title: string }[]): KnowledgeText[] {
  const places = new Map(known.map(({ title }, at) => [title, at]));
  return entries.toSorted((a, b) => (places.get(a.title) ?? known.length) - (places.get(b.title) ?? known.length));
}
