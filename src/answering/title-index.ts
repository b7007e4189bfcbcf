import { type BotIndex, createIndexHere, type Turns } from './bot-index.ts';
import type { KnowledgeSource } from './knowledge-source.ts';

const CHARS = 400;
const MOST_ENTRIES = 400;

/** Titles and beginnings of a bot's entries: what answers where the whole index cannot. */
export async function indexOfTitles(
  source: KnowledgeSource,
  turns: Turns,
  { tenantId, botId }: { tenantId: string; botId: string },
): Promise<BotIndex> {
  const index = createIndexHere(turns);
  for (const entry of await source.beginnings(tenantId, botId, { chars: CHARS + 1, most: MOST_ENTRIES, now: new Date() })) {
    await index.put({ ...entry, content: beginningOf(entry.content) });
  }
  return index;
}

function beginningOf(content: string): string {
  if (content.length <= CHARS) return content;
  const cut = content.slice(0, CHARS);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), CHARS / 2))}…`;
}
