import type { Api } from 'grammy';
import type { LanguageCode } from 'grammy/types';
import type { BotProfile } from '../channel.ts';

/** What people see before they write. A description that the owner has set at @BotFather stays. */
export async function introduce(api: Api, profiles: readonly BotProfile[]): Promise<void> {
  // Source: core.telegram.org/bots/api#setmycommands, #getmydescription: without a language code it is for everybody else.
  const codeOf = ({ language }: BotProfile) => (language === null ? {} : { language_code: language as LanguageCode });
  const [about, short] = [await api.getMyDescription(), await api.getMyShortDescription()];
  for (const profile of profiles) {
    await api.setMyCommands([...profile.commands], codeOf(profile));
    if (about.description === '') await api.setMyDescription(profile.description, codeOf(profile));
    if (short.short_description === '') await api.setMyShortDescription(profile.shortDescription, codeOf(profile));
  }
}
