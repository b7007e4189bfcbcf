import { expect, test } from 'vitest';
import { instagram } from '../../src/channels/instagram/instagram.channel.ts';
import { telegram } from '../../src/channels/telegram/telegram.channel.ts';
import { whatsapp } from '../../src/channels/whatsapp/whatsapp.channel.ts';
import { typeByEnding, uploadKind } from '../../src/core/upload-kind.ts';

const MB = 1024 * 1024;

test.each([
  [telegram, 'image/jpeg', 1, false, 'photo'],
  [telegram, 'image/jpeg', 12, false, 'document'],
  [telegram, 'audio/ogg', 1, true, 'voice'],
  [telegram, 'audio/ogg', 1, false, 'voice'],
  [telegram, 'audio/mpeg', 1, false, 'audio'],
  [telegram, 'application/zip', 1, false, 'document'],
  [whatsapp, 'audio/ogg', 1, true, 'voice'],
  [whatsapp, 'audio/mp4', 1, true, 'audio'],
  [whatsapp, 'audio/ogg', 1, false, 'audio'],
  [instagram, 'audio/wav', 1, true, 'voice'],
  [instagram, 'application/pdf', 12, false, 'document'],
] as const)('%o takes %s of %i MB (spoken: %s) as %s', ({ files = {} }, type, megabytes, isVoice, kind) => {
  expect(uploadKind({ type, size: megabytes * MB, isVoice }, files)).toEqual({ ok: true, kind });
});

test('what no kind takes is refused with what would be taken, and what is too large with the most that may be', () => {
  expect(uploadKind({ type: 'application/zip', size: 1, isVoice: false }, instagram.files)).toEqual({
    ok: false,
    why: 'type',
    types: ['image/jpeg', 'image/png', 'audio/aac', 'audio/mp4', 'audio/wav', 'application/pdf'],
  });
  expect(uploadKind({ type: 'image/png', size: 6 * MB, isVoice: false }, whatsapp.files)).toEqual({
    ok: false,
    why: 'large',
    megabytes: 5,
  });
});

test('the ending of a name tells an office document and nothing else', () => {
  expect(['a.DOCX', 'b.txt', 'c.m4a', 'd.html', 'docx'].map(typeByEnding)).toEqual([
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'text/plain',
    'audio/mp4',
    '',
    '',
  ]);
});
