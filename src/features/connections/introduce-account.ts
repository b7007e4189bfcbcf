import type { BotProfile, Channels, Credentials } from '#channels/channel.ts';
import { DEFAULT_LANGUAGE, LANGUAGES, type Language } from '#core/languages.ts';
import type { ChannelKind } from '#core/message.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Logger } from '#platform/logger.ts';

interface Deps {
  channels: Channels;
  i18n: Pick<I18n, 'getFixedT'>;
  logger: Pick<Logger, 'info'>;
}

const COMMANDS = ['help', 'language', 'human', 'stop', 'forget'] as const;

/** Shows the bot's commands and what it is, where the platform has a place for them. The connecting does not wait for it. */
export function createIntroduceAccount({ channels, i18n, logger }: Deps) {
  const profileIn = (spoken: Language, language: BotProfile['language']): BotProfile => {
    const t = i18n.getFixedT(spoken);
    return {
      language,
      commands: COMMANDS.map((command) => ({ command, description: t(`bot.profile.command.${command}`) })),
      description: t('bot.profile.description'),
      shortDescription: t('bot.profile.short'),
    };
  };
  const profiles = [profileIn(DEFAULT_LANGUAGE, null), ...LANGUAGES.map((language) => profileIn(language, language))];

  return ({ id, platform }: { id: string; platform: ChannelKind }, credentials: Credentials): void => {
    void channels[platform]?.introduce?.(credentials, profiles).catch((err: Error) => {
      logger.info({ connection: id, reason: err.message }, 'the commands of a bot could not be set');
    });
  };
}

export type IntroduceAccount = ReturnType<typeof createIntroduceAccount>;
