import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oggSeconds } from '../../src/core/ogg-seconds.ts';
import { jpeg, voiceNote } from '../support/sample-files.ts';

test.each([0, 1, 179, 3_600])('a voice note of %i s plays as long', (seconds) => {
  expect(oggSeconds(voiceNote(seconds))).toBe(seconds);
});

test('Vorbis counts by its own rate', () => {
  const note = voiceNote(60);
  const head = Buffer.from('\x01vorbis\0\0\0\0\x02', 'latin1');
  const rate = Buffer.alloc(4);
  rate.writeUInt32LE(24_000);
  expect(oggSeconds(Buffer.concat([note.subarray(0, 28), head, rate, note.subarray(28)]))).toBe(120);
});

test('other bytes have no length, and no bytes break it', () => {
  expect(oggSeconds(jpeg())).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(oggSeconds(Buffer.concat([Buffer.from('OggS'), bytes]))).toBeGreaterThanOrEqual(0);
    }),
  );
});
