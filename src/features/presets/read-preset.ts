import { readFileSync } from 'node:fs';
import { partsOf } from '#core/entry-blanks.ts';
import { REPLY_LANGUAGES, type ReplyLanguage } from '#core/languages.ts';
import { latinToCyrillic } from '#core/uzbek-script.ts';
import { TRADES, type Trade } from './trades.ts';

export interface PresetEntry {
  title: string;
  content: string;
  /** What a customer asks: it becomes a golden question. */
  question: string;
}

export interface Preset {
  prompt: string;
  entries: PresetEntry[];
}

/** As the column `bots.preset` has it, for example `bakery.uz-Cyrl`. */
export const presetName = (trade: Trade, language: ReplyLanguage): string => `${trade}.${language}`;

export function presetOf(name: string): { trade: Trade; language: ReplyLanguage } | null {
  const [trade, language] = name.split('.');
  const known = TRADES.find((one) => one === trade);
  const spoken = REPLY_LANGUAGES.find((one) => one === language);
  return known && spoken ? { trade: known, language: spoken } : null;
}

/** A prompt, then entries: `## title`, the text with its blanks, `? question`. Cyrillic Uzbek is the Latin text in the other script. */
export function readPreset(trade: Trade, language: ReplyLanguage): Preset {
  const file = language === 'uz-Cyrl' ? 'uz' : language;
  const latin = readFileSync(new URL(`./trades/${trade}.${file}.md`, import.meta.url), 'utf8');
  const [prompt = '', ...sections] = (language === 'uz-Cyrl' ? inCyrillic(latin) : latin).split(/^## /mu);
  return { prompt: prompt.trim(), entries: sections.map(readEntry) };
}

function readEntry(section: string): PresetEntry {
  const [title = '', ...lines] = section.trim().split('\n');
  const question = lines.find((line) => line.startsWith('? ')) ?? '';
  const content = lines.filter((line) => line !== question).join('\n');
  return { title: title.trim(), content: content.trim(), question: question.slice(2).trim() };
}

/** The words of a blank are converted like all others. */
const inCyrillic = (text: string): string =>
  partsOf(text)
    .map((part) => ('text' in part ? latinToCyrillic(part.text) : `[[${latinToCyrillic(part.blank)}]]`))
    .join('');
