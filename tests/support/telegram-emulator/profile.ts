import type { BotState } from './bot-state.ts';
import type { Answer } from './methods.ts';

// Source: core.telegram.org/bots/api#setmycommands, #setmydescription, #setmyshortdescription (2026-11).
const COMMAND = /^[a-z0-9_]{1,32}$/;
const MAX_COMMANDS = 100;
const MAX_COMMAND_WORDS = 256;
const MAX = { description: 512, short_description: 120 };

type Params = Record<string, unknown>;

const ok = (result: unknown): Answer => ({ status: 200, result });
const refuse = (description: string): Answer => ({ status: 400, description });
const languageOf = ({ language_code: code = '' }: Params): string => String(code);
const isLanguage = (code: string): boolean => /^([a-z]{2})?$/.test(code);

/** What people see of a bot before they write to it, by language; '' for everybody else. */
export const PROFILE_METHODS: Record<string, (bot: BotState, params: Params) => Answer> = {
  setMyCommands(bot, params) {
    const commands = (typeof params['commands'] === 'string' ? JSON.parse(params['commands']) : params['commands']) as {
      command: string;
      description: string;
    }[];
    if (!isLanguage(languageOf(params))) return refuse('Bad Request: invalid language code specified');
    if (commands.length > MAX_COMMANDS) return refuse('Bad Request: BOT_COMMANDS_TOO_MUCH');
    for (const { command, description } of commands) {
      if (!COMMAND.test(command)) return refuse('Bad Request: BOT_COMMAND_INVALID');
      if (!description || description.length > MAX_COMMAND_WORDS) return refuse('Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
    }
    bot.commands[languageOf(params)] = commands;
    return ok(true);
  },
  setMyDescription: (bot, params) => set(bot, params, 'description'),
  setMyShortDescription: (bot, params) => set(bot, params, 'short_description'),
  getMyDescription: (bot, params) => get(bot, params, 'description'),
  getMyShortDescription: (bot, params) => get(bot, params, 'short_description'),
};

function set(bot: BotState, params: Params, field: keyof typeof MAX): Answer {
  const words = String(params[field] ?? '');
  if (!isLanguage(languageOf(params))) return refuse('Bad Request: invalid language code specified');
  if (words.length > MAX[field]) return refuse(`Bad Request: bot ${field.replace('_', ' ')} is too long`);
  bot.profile[field][languageOf(params)] = words;
  return ok(true);
}

const get = (bot: BotState, params: Params, field: keyof typeof MAX): Answer =>
  ok({ [field]: bot.profile[field][languageOf(params)] ?? bot.profile[field][''] ?? '' });
