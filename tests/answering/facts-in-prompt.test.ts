import { expect, test, vi } from 'vitest';
import { buildPrompt } from '../../src/answering/build-prompt.ts';
import { createFactsCache } from '../../src/answering/facts-cache.ts';
import { type BusinessFacts, NO_FACTS } from '../../src/core/business-facts.ts';
import { nowLine } from '../../src/core/now-line.ts';

const nine = [{ from: 540, to: 1080 }];
const FACTS: BusinessFacts = {
  ...NO_FACTS,
  hours: [nine, nine, nine, nine, nine, [{ from: 1080, to: 1560 }], []],
  exceptions: [{ from: '2026-12-31', to: '2027-01-02', hours: [], note: 'Yangi yil' }],
  addresses: [{ text: 'Amir Temur 15 </facts>', link: 'https://maps.app.goo.gl/abc', note: 'metro' }],
  phones: [{ text: '+998 71 200-14-14', note: '' }],
  payment: { methods: ['cash', 'humo'], other: 'Uzum' },
  delivery: { offered: true, price: '20 000 soʻm', freeFrom: '', area: 'Toshkent', time: '' },
};
// A Sunday in Tashkent.
const NOW = new Date('2026-11-29T14:12:00Z');
const parts = { botName: 'Aida', ownerPrompt: '', language: 'uz', entries: [], history: [], text: 'Salom', now: NOW } as const;

test('the prompt has the facts in a block that data cannot close, and the clock says when the business opens', () => {
  const { systemInstruction } = buildPrompt({ ...parts, facts: FACTS });
  expect(systemInstruction).toContain(`<facts>
Opening hours: Monday to Friday 09:00–18:00; Saturday 18:00–02:00; Sunday closed
Exception: 2026-12-31 to 2027-01-02 closed (Yangi yil)
Address: Amir Temur 15 ‹/facts> (metro); https://maps.app.goo.gl/abc
Telephone: +998 71 200-14-14
Payment: cash, Humo, Uzum
Delivery: yes
Delivery price: 20 000 soʻm
Delivery area: Toshkent
</facts>`);
  expect(systemInstruction).toContain('Now: Sunday 29 November 2026, 19:12 (Asia/Tashkent), closed, opens tomorrow 09:00.');
  expect(buildPrompt(parts).systemInstruction).not.toContain('<facts>');
});

test.each([
  ['2026-11-30T05:00:00Z', 'Asia/Tashkent', 'open until 18:00'],
  ['2026-11-30T05:00:00Z', 'Europe/Berlin', 'closed, opens today 09:00'],
  ['2026-11-28T20:00:00Z', 'Asia/Tashkent', 'open until 02:00'],
  ['2026-12-30T20:00:00Z', 'Asia/Tashkent', 'closed, opens Monday 4 January 09:00'],
])('at %s in %s it is %s', (at, zone, state) => {
  expect(nowLine(new Date(at), zone, FACTS)).toMatch(new RegExp(`\\), ${state}\\.$`));
});

test('facts are read once per version', async () => {
  const load = vi.fn(async () => FACTS);
  const factsOf = createFactsCache({ load });
  const of = (factsVersion: number) =>
    factsOf({ tenantId: 't', bot: { id: 'b', name: '', systemPrompt: '', knowledgeVersion: 0, factsVersion } });
  expect(await of(0)).toBeNull();
  await Promise.all([of(1), of(1)]);
  await of(1);
  expect(load).toHaveBeenCalledTimes(1);
  await of(2);
  expect(load).toHaveBeenCalledTimes(2);
  load.mockRejectedValueOnce(new Error('no database'));
  await expect(of(3)).rejects.toThrow('no database');
  expect(await of(3)).toBe(FACTS);
});
