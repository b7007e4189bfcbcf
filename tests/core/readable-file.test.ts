import { expect, test } from 'vitest';
import { decideReply } from '#core/decide-reply.ts';
import type { MessageKind } from '#core/message.ts';
import { readableType } from '#core/readable-file.ts';

test.each([
  ['audio/opus', undefined, 'audio/ogg'],
  ['audio/ogg; codecs=opus', undefined, 'audio/ogg'],
  ['audio/x-opus', undefined, 'audio/ogg'],
  ['audio/x-m4a', undefined, 'audio/mp4'],
  ['audio/x-flac', undefined, 'audio/flac'],
  ['IMAGE/HEIC', undefined, 'image/heic'],
  ['image/heif', 'IMG_1.HEIC', 'image/heif'],
  ['audio/x-aac', undefined, 'audio/aac'],
  ['', 'ovoz.opus', 'audio/ogg'],
  ['application/octet-stream', 'IMG_0042.HEIC', 'image/heic'],
  ['image/svg+xml', 'narx.png', null],
  ['image/gif', undefined, null],
  ['image/tiff', undefined, null],
  ['audio/amr', 'ovoz.amr', null],
  ['image/bmp', undefined, null],
  ['video/mp4', undefined, null],
  ['application/octet-stream', 'narxlar.xlsx', null],
])('%j named %j is read as %j', (declared, name, type) => {
  expect(readableType(declared, name)).toBe(type);
});

const message = (kind: MessageKind, attachment: object, text = '') => ({
  id: 1,
  externalId: '1',
  kind,
  text,
  attachment: { fileId: 'f', ...attachment },
});

test('what nobody opens is named beside the question, and alone it is refused in words', () => {
  const svg = message('document', { mimeType: 'image/svg+xml', fileName: 'narx.svg' }, 'Somsa narxi qancha?');
  const video = message('video', { mimeType: 'video/mp4' });
  const photo = message('photo', { mimeType: 'image/jpeg' });
  expect(decideReply({ turn: [svg, video, photo], greeting: null })).toEqual({
    act: 'ask',
    text: 'Somsa narxi qancha?',
    media: [{ fileId: 'f', mimeType: 'image/jpeg' }],
    unread: [{ name: 'narx.svg' }, { word: 'video' }],
  });
  expect(decideReply({ turn: [video], greeting: null })).toEqual({ act: 'fixed', sentence: 'unread_file', unread: true });
});
