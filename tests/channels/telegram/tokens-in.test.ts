import { expect, test } from 'vitest';
import { tokensIn } from '../../../src/channels/telegram/telegram.api.ts';

const TOKEN = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc';
const OTHER = '987654321:AAFhBOweik6ad9r_QXMENQjcrGbqCr4K-bd';
const english = (
  token: string,
) => `Done! Congratulations on your new bot. You will find it at t.me/oltin_non_bot. You can now add a
description. Use this token to access the HTTP API:
${token}
Keep your token secure and store it safely, it can be used by anyone to control your bot.

For a description of the Bot API, see this page: https://core.telegram.org/bots/api`;

test.each([
  ['the token alone', TOKEN, [TOKEN]],
  ['a token that ends in a word of the message', `${TOKEN.slice(0, -4)}Keep`, [`${TOKEN.slice(0, -4)}Keep`]],
  ['the whole message', english(TOKEN), [TOKEN]],
  ['the message without its line breaks', english(TOKEN).replaceAll('\n', ''), [TOKEN]],
  ['the message with Windows line breaks', english(TOKEN).replaceAll('\n', '\r\n'), [TOKEN]],
  ['quotes and a Russian sentence', `Вот токен: «${TOKEN}». Храните его. t.me/oltin_non_bot?start=12345`, [TOKEN]],
  ['an address of the API', `https://api.telegram.org/bot${TOKEN}/getMe`, [TOKEN]],
  ['the same token twice', `"${TOKEN}", ${TOKEN}`, [TOKEN]],
  ['two tokens', `${english(TOKEN)}\n${OTHER}`, [TOKEN, OTHER]],
  ['no token', 'Done! 123456789: t.me/oltin_non_bot 12:30', []],
])('%s', (_what, pasted, tokens) => {
  expect(tokensIn(pasted)).toEqual(tokens);
});
