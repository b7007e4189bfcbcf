// The paths that `npm run map` counts. A path is its entry files and everything they import, directly or not, inside the folders
// of `within`. Type imports count too, because most parts are passed in as arguments. core, platform and web are leaves and
// are not counted, nor is the composition root. The patterns accept the file names of version 0.1.0 as well, so that both
// trees can be counted.

export interface MappedPath {
  name: string;
  aim: number;
  entries: RegExp;
  within: RegExp;
  without?: RegExp;
}

const OTHER_CHANNELS = /^src\/channels\/(whatsapp|instagram|meta)\//;

export const PATHS: MappedPath[] = [
  {
    name: 'message path',
    aim: 40,
    // A Telegram message: decode, receive, work, turn, answer, save, deliver, receipts.
    entries:
      /^src\/(channels\/telegram\/(accept-update|telegram\.(decode|adapter))|ai\/ai\.service|(features\/)?(answering|knowledge)\/(compose-answer|knowledge-search)|(pipeline|jobs|features\/(messaging|webhooks|conversations|usage))\/(receive|work|claim|reply-(jobs|worker)|begin-turns|turn|answer|compose-reply|charge|save|settle|deliver-message|deliver|receipts)[\w.-]*)\.ts$/,
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
    // A delivery of WhatsApp: from the signed POST to the stored message.
    entries:
      /^src\/(channels\/whatsapp\/whatsapp\.decode|channels\/meta\/signature|(pipeline|features\/(webhooks|messaging))\/(webhooks\.routes|accept-delivery|receive[\w.-]*))\.ts$/,
    within: /^src\/(channels|pipeline|jobs|features\/(webhooks|messaging))\//,
    without: /^src\/channels\/(instagram|telegram)\//,
  },
];
