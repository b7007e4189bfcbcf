// The paths that `npm run map` counts: entry files and everything they import inside the folders of `within`. Type imports count,
// because most parts are arguments. core, platform, web and the composition root are not counted.
// The patterns also match the file names of version 0.1.0, so that both trees can be counted.

export interface MappedPath {
  name: string;
  aim: number;
  entries: RegExp;
  within: RegExp;
  without?: RegExp;
}

const MESSAGE_STEPS =
  'receive|work|claim|reply-(jobs|worker)|begin-turns|turn|answer|compose-reply|charge|save|settle|deliver-message|deliver|receipts';
const ANY_ROLE = String.raw`[\w.-]*`;
const oneOf = (...paths: string[]): RegExp => new RegExp(String.raw`^src/(${paths.join('|')})\.ts$`);

const OTHER_CHANNELS = /^src\/channels\/(whatsapp|instagram|meta)\//;

export const PATHS: MappedPath[] = [
  {
    name: 'message path',
    aim: 40,
    // A Telegram message from decode to receipts.
    entries: oneOf(
      String.raw`channels/telegram/(accept-update|telegram\.(decode|adapter))`,
      String.raw`ai/ai\.service`,
      '(features/)?(answering|knowledge)/(compose-answer|knowledge-search)',
      `(pipeline|jobs|features/(messaging|webhooks|conversations|usage))/(${MESSAGE_STEPS})${ANY_ROLE}`,
    ),
    within:
      /^src\/(channels|pipeline|answering|ai|jobs|features\/(messaging|answering|webhooks|usage|knowledge|conversations))\//,
    without: OTHER_CHANNELS,
  },
  {
    name: 'broadcast',
    aim: 24,
    entries: /^src\/features\/broadcasts\/(feature|broadcasts\.(routes|service)|run-broadcasts)\.ts$/,
    within: /^src\/(features\/broadcasts|channels)\//,
    without: OTHER_CHANNELS,
  },
  {
    name: 'plan change',
    aim: 9,
    entries: /^src\/features\/(billing|plans)\/(plan-changes|watch-plans|upgrades\.service)\.ts$/,
    within: /^src\/features\/(billing|plans|usage)\//,
  },
  {
    name: 'webhook',
    aim: 16,
    // A WhatsApp delivery from the signed POST to the stored message.
    entries: oneOf(
      String.raw`channels/whatsapp/whatsapp\.decode`,
      'channels/meta/signature',
      String.raw`(pipeline|features/(webhooks|messaging))/(webhooks\.routes|accept-delivery|receive${ANY_ROLE})`,
    ),
    within: /^src\/(channels|pipeline|jobs|features\/(webhooks|messaging))\//,
    without: /^src\/channels\/(instagram|telegram)\//,
  },
];
