import type { StoredTrace } from '#answering/answer.ts';
import type { OutcomeColumns } from '#core/answer-outcome.ts';
import type { ReplyMode, Source } from '#core/message.ts';

/** One line of a receipt. */
export interface Fact {
  label: string;
  text: string;
  /** The entries the text is about, as links. */
  sources?: Source[];
}

export interface Answered extends OutcomeColumns {
  mode: ReplyMode | null;
  sources: Source[] | null;
  /** From the customer's message to the platform's word. */
  tookMs: number | null;
  /** The platform's part of it; missing in the playground, where nothing is sent. */
  sentMs?: number | null;
  aiTrace: StoredTrace | null;
  /** One answer of the plan. */
  charged: boolean;
}

export interface Words {
  t: (key: string, params?: object) => string;
  formatNumber: (value: number) => string;
  formatMoney: (sum: number) => string;
}

const MAX_TITLES = 5;
/** Prices are of a hundredth of a cent, so two digits would say nothing. */
const DOLLAR_DIGITS = 5;
const BY_THE_BOT: readonly unknown[] = ['ai', 'knowledge', 'fallback'];

export const isByTheBot = (mode: string | null): boolean => BY_THE_BOT.includes(mode);

/** How an answer of the bot came about and what it took, line by line; [] of any other message. */
export function receiptOf(answer: Answered, words: Words, usdUzs: number): Fact[] {
  if (!isByTheBot(answer.mode)) return [];
  const { t, formatNumber } = words;
  const { aiStatus, aiMissing, aiModel, promptTokens, answerTokens, costMicroUsd, aiTrace, sources } = answer;
  const fact = (name: string, text: string | null | undefined): Fact[] =>
    text ? [{ label: t(`receipt.label.${name}`), text }] : [];
  const tokens = { prompt: formatNumber(promptTokens ?? 0), answer: formatNumber(answerTokens ?? 0) };
  return [
    ...fact(
      'status',
      t(aiStatus ? `receipt.status.${aiStatus}` : `receipt.without_ai.${aiTrace?.facts ? 'facts' : answer.mode}`),
    ),
    ...fact('missing', aiMissing),
    ...fact('sources', sources?.map(({ title }) => title).join('; ')).map((line) => ({ ...line, sources: sources ?? [] })),
    ...(aiTrace?.passages ?? []).flatMap((passage) => fact('passage', passage && `“${passage}”`)),
    ...fact('given', aiTrace && givenText(aiTrace, t)),
    ...fact('business', aiStatus && aiTrace?.facts ? t('receipt.business_given') : null),
    ...fact('guard', aiTrace && guardText(aiTrace, t)),
    ...fact('language', aiTrace && languageText(aiTrace, t)),
    ...fact('model', aiModel),
    ...fact('tokens', aiModel && t('receipt.tokens', tokens)),
    ...fact('cost', aiModel && costText(costMicroUsd, words, usdUzs)),
    ...fact('took', tookText(answer, words)),
    ...fact('plan', t(answer.charged ? 'receipt.charged' : 'receipt.free')),
  ];
}

/** `$0.00042, about 5 soʻm` in the reader's words. */
function costText(costMicroUsd: number | null, { t, formatMoney }: Words, usdUzs: number): string {
  if (costMicroUsd === null) return t('receipt.cost_unknown');
  const uzs = (costMicroUsd * usdUzs) / 1_000_000;
  const usd = `$${(costMicroUsd / 1_000_000).toFixed(DOLLAR_DIGITS)}`;
  return t('receipt.cost', { usd, uzs: uzs > 0 && uzs < 1 ? t('receipt.below', { uzs: formatMoney(1) }) : formatMoney(uzs) });
}

function tookText({ tookMs, aiMs, sentMs = null }: Answered, { t, formatNumber }: Words): string | null {
  const seconds = (ms: number): string => formatNumber(Math.max(1, Math.round(ms / 100)) / 10);
  if (tookMs === null) return aiMs === null ? null : t('receipt.took_ai', { ai: seconds(aiMs) });
  const rest = Math.max(0, tookMs - (aiMs ?? 0));
  // Measured by another clock, so it may be a little more than there is.
  const platform = Math.min(Math.max(0, sentMs ?? 0), rest);
  const parts = { all: seconds(tookMs), ai: seconds(aiMs ?? 0), rest: seconds(rest) };
  if (sentMs === null) return t(aiMs === null ? 'receipt.took' : 'receipt.took_parts', parts);
  const split = { ...parts, ours: seconds(rest - platform), platform: seconds(platform) };
  return t(aiMs === null ? 'receipt.took_sent' : 'receipt.took_all_parts', split);
}

function languageText({ language, languageWhy }: StoredTrace, t: Words['t']): string {
  const name = t(`receipt.language.${language}`);
  return languageWhy ? t(`receipt.why.${languageWhy}`, { language: name }) : name;
}

function givenText({ given, givenCount = given?.length ?? 0, isAll }: StoredTrace, t: Words['t']): string | null {
  if (!given) return null;
  if (given.length === 0) return t('receipt.given_none');
  const more = givenCount > MAX_TITLES ? ` … (${givenCount})` : '';
  const titles = given
    .slice(0, MAX_TITLES)
    .map(({ title }) => title)
    .join('; ');
  return t(isAll ? 'receipt.given_all' : 'receipt.given_part', { titles: `${titles}${more}` });
}

function guardText({ guard }: StoredTrace, t: Words['t']): string | null {
  if (!guard) return null;
  if (guard.stopped.length === 0) return t('receipt.guard.passed');
  return t(guard.refused ? 'receipt.guard.refused' : 'receipt.guard.second', { claims: guard.stopped.join('; ') });
}
