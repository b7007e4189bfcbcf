import type { ChannelDefinition } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, accountIdIn, DAY_MS } from '../meta/credentials.ts';
import { metaWebhook } from '../meta/meta-webhook.ts';
import { connectInstagram } from './instagram.adapter.ts';
import { decodeInstagram } from './instagram.decode.ts';

/** Instagram messaging with Instagram Login. */
export const instagram: ChannelDefinition = {
  kind: 'instagram',
  name: 'Instagram',
  icon: 'fa-instagram',
  plan: 'STARTER',
  fields: [
    { name: 'instagramAccessToken', secret: true, env: 'INSTAGRAM_ACCESS_TOKEN', pattern: ACCESS_TOKEN },
    { name: 'instagramAccountId', secret: false, pattern: ACCOUNT_ID },
    { name: 'instagramAppSecret', secret: true, env: 'INSTAGRAM_APP_SECRET', pattern: APP_SECRET },
  ],
  accountField: 'instagramAccountId',
  accountIdOf: accountIdIn('instagramAccountId'),
  // Source: META instagram-platform messaging-api/send-message: 1,000 bytes of UTF-8, so 500 Cyrillic letters (2026-11).
  textLimit: { max: 1_000, unit: 'utf8-bytes' },
  // Source: META instagram-platform messaging-api/button-template (text 640 characters, title 20), send-message (an image
  // is an address that Meta fetches, jpeg or png, 8 MB, and carries no words; 2026-11).
  parts: { caption: null, button: { text: { max: 640, unit: 'utf16' }, maxLabel: 20 } },
  fetchesPhotos: true,
  replyWindowMs: DAY_MS,
  outsideWindow: 'nothing',
  quietTimeMs: 2_500,
  // Seen: typing_on ends by itself after about 20 seconds.
  typingMs: 20_000,
  marksRead: true,
  handlePrefix: '@',
  chatAddress: (username) => `ig.me/m/${username}`,
  // Some deliveries are signed with the Instagram app's own secret, some with the Meta app's. Source: botpress, OCS (2026-11).
  webhook: metaWebhook({
    secretField: 'instagramAppSecret',
    platformEnv: ['INSTAGRAM_APP_SECRET', 'WHATSAPP_APP_SECRET'],
    decode: decodeInstagram,
  }),
  connect: connectInstagram,
};
