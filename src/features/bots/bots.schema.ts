import { z } from 'zod';
import { type CredentialForm, connectionShape } from '#channels/connection-form.ts';
import { REPLY_LANGUAGES } from '#core/languages.ts';
import { TRADES } from '#features/presets/feature.ts';
import { cleanText } from '#web/form.ts';

export const MAX_NAME_CHARS = 80;
export const MAX_PROMPT_CHARS = 8_000;
export const MAX_GREETING_CHARS = 1_000;

const name = cleanText.min(1, 'bots.form.name.required').max(MAX_NAME_CHARS, 'bots.form.name.too_long');
const anyPrompt = cleanText.max(MAX_PROMPT_CHARS, 'bots.form.systemPrompt.too_long');
export const systemPrompt = anyPrompt.min(1, 'bots.form.systemPrompt.required');
/** A trade brings its own prompt and first entries, in the language that the customers speak. */
const ofTrade = { trade: z.enum(TRADES).optional().or(z.literal('')), language: z.enum(REPLY_LANGUAGES).optional() };
const greeting = cleanText.max(MAX_GREETING_CHARS, 'bots.form.greeting.too_long').optional();

export const newBotForm = z
  .strictObject({ name, systemPrompt: anyPrompt.optional().default(''), ...ofTrade, ...connectionShape })
  .refine(({ trade, systemPrompt: typed }) => trade || typed !== '', {
    path: ['systemPrompt'],
    message: 'bots.form.systemPrompt.required',
  });

/** POST /bots/:id. A missing greeting stays unchanged, an empty one means the standard greeting. */
export const botForm = z.strictObject({ name, systemPrompt, greeting });

/** POST /bots/:id/delete: the page asks for the name; a script may leave it out. */
export const deleteForm = z.strictObject({ confirmName: z.string().trim().optional() });

export type NewBotForm = z.output<typeof newBotForm> & CredentialForm;
export type BotForm = z.output<typeof botForm>;
export type DeleteForm = z.output<typeof deleteForm>;
