import { expect, test } from 'vitest';
import { fileTypeOf } from '../../src/core/file-kind.ts';
import { fileRefusal, type ReplyFile, replyFileOf, replyParts } from '../../src/core/reply-file.ts';
import { jpeg, m4a, opus, pdf } from '../support/sample-files.ts';

const MB = 1024 * 1024;
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const photo: ReplyFile = { kind: 'photo', attachment: { fileId: 'f', heldBy: 'c' } };
const rules = { photo: { types: ['image/jpeg'], maxBytes: 5 * MB, caption: { max: 4, unit: 'utf16' } } } as const;
const textLimit = { max: 10, unit: 'utf16' } as const;
const way = { rules, sameAccount: false, needsAddress: false, hasAddress: false };

test.each([
  ['four', [{ text: 'four', file: photo }]],
  ['', [{ text: '', file: photo }]],
  [
    'five and more',
    [
      { text: '', file: photo },
      { text: 'five and', file: null },
      { text: 'more', file: null },
    ],
  ],
])('the words %j of a photo', (text, parts) => {
  expect(replyParts({ text, mode: 'person', file: photo }, { textLimit, textForm: 'plain', files: rules })).toMatchObject(parts);
});

test.each([
  ['photo', { mimeType: 'image/jpeg', sizeBytes: MB }, {}, null],
  ['photo', { mimeType: 'image/jpeg', sizeBytes: 6 * MB }, {}, { why: 'large', megabytes: 5 }],
  ['photo', { mimeType: 'image/heic' }, {}, { why: 'type', types: ['image/jpeg'] }],
  ['photo', { mimeType: 'image/heic', sizeBytes: 60 * MB }, { sameAccount: true }, null],
  ['photo', { mimeType: 'image/jpeg' }, { needsAddress: true }, { why: 'address' }],
  ['sticker', {}, { sameAccount: true }, { why: 'kind' }],
  ['photo', {}, { rules: undefined }, { why: 'kind' }],
])('a %s of %j by %j is refused for %j', (kind, attachment, more, refusal) => {
  expect(fileRefusal(kind, attachment, { ...way, ...more })).toEqual(refusal);
});

test('a customer’s photo is no file of ours', () => {
  expect(replyFileOf({ kind: 'photo', attachment: { fileId: 'f' } })).toBeNull();
  expect(replyFileOf({ kind: 'photo', attachment: photo.attachment })).toEqual(photo);
});

test.each([
  [jpeg(), 'application/pdf', 'image/jpeg'],
  [pdf(), '', 'application/pdf'],
  [opus(), 'audio/ogg', 'audio/ogg'],
  [m4a(), 'audio/mp4', 'audio/mp4'],
  [Buffer.from('PK\x03\x04 a document'), DOCX, DOCX],
  [Buffer.from('<html>'), DOCX, null],
  [Buffer.from('<html>'), 'image/jpeg', null],
  [Buffer.from('words'), 'text/plain', 'text/plain'],
  [Buffer.from('wo\0rds'), 'text/plain', null],
  [Buffer.from('OggS of Vorbis'), 'audio/ogg', null],
  [Buffer.from('anything'), '', 'application/octet-stream'],
])('%o that is declared as %j is %j', (content, declared, type) => {
  expect(fileTypeOf(content, declared)).toBe(type);
});
