import { DAY_MS } from '#core/durations.ts';
import type { ChannelDefinition } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, accountIdIn } from '../meta/credentials.ts';
import { metaWebhook } from '../meta/meta-webhook.ts';
import { connectInstagram } from './instagram.adapter.ts';
import { decodeInstagram } from './instagram.decode.ts';

const MB = 1024 * 1024;
const SOUNDS = ['audio/aac', 'audio/mp4', 'audio/wav'];

export const instagram: ChannelDefinition = {
  kind: 'instagram',
  name: 'Instagram',
  icon: 'fa-instagram',
  plan: 'STARTER',
  fields: [
    { name: 'instagramAccessToken', secret: true, env: 'INSTAGRAM_ACCESS_TOKEN', pattern: ACCESS_TOKEN },
    { name: 'instagramAccountId', secret: false, pattern: ACCOUNT_ID },
    { name: 'instagramAppSecret', secret: true, env: 'INSTAGRAM_APP_SECRET', ofApp: true, pattern: APP_SECRET },
    { name: 'instagramMetaAppSecret', secret: true, optional: true, pattern: APP_SECRET },
  ],
  accountField: 'instagramAccountId',
  accountIdOf: accountIdIn('instagramAccountId'),
  // Source: META instagram-platform messaging-api/send-message: 1,000 bytes of UTF-8, so 500 Cyrillic letters (2026-11).
  textLimit: { max: 1_000, unit: 'utf8-bytes' },
  textForm: 'plain',
  // Source: META instagram-platform messaging-api/button-template (text 640 characters, title 20), send-message (an image is an
  // address that Meta fetches, jpeg or png, 8 MB, without a caption; 2026-11).
  parts: { caption: null, button: { text: { max: 640, unit: 'utf16' }, maxLabel: 20 } },
  fetchesPhotos: true,
  // Source: META instagram-messaging/features/attachment-upload (image 8 MB, others 25 MB, fetched by address; 2026-11).
  files: {
    photo: { types: ['image/jpeg', 'image/png'], maxBytes: 8 * MB, caption: null },
    voice: { types: SOUNDS, maxBytes: 25 * MB, caption: null },
    audio: { types: SOUNDS, maxBytes: 25 * MB, caption: null },
    document: { types: ['application/pdf'], maxBytes: 25 * MB, caption: null },
  },
  replyWindowMs: DAY_MS,
  outsideWindow: 'nothing',
  // People here write a thought in several messages.
  quietTimeMs: () => 2_500,
  // Observed: typing_on ends by itself after about 20 seconds.
  typingMs: 20_000,
  marksRead: true,
  handlePrefix: '@',
  chatAddress: (username) => `ig.me/m/${username}`,
  // Some deliveries are signed with the Instagram app's secret, some with the Meta app's. Source: botpress, OCS,
  // chatwoot #14280 (2026-11).
  webhook: metaWebhook({
    secretFields: ['instagramAppSecret', 'instagramMetaAppSecret'],
    platformEnv: ['INSTAGRAM_APP_SECRET', 'WHATSAPP_APP_SECRET'],
    accountKey: 'id',
    decode: decodeInstagram,
  }),
  connect: connectInstagram,
};
