import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readInThread } from '../../../src/features/imports/reading/read-in-thread.ts';
import {
  cp1251,
  type PdfText,
  pdfFile,
  wordFile,
  wordParagraph,
  wordTable,
  workbook,
  zip,
} from '../../support/document-files.ts';

const neverStopped = new AbortController().signal;
const read = (name: string, content: Buffer | string, limits?: { timeMs: number; memoryMb: number }) =>
  readInThread({ kind: 'file', name, content: Buffer.from(content), fallback: 'Narxlar', known: [] }, neverStopped, limits);

async function drafts(name: string, content: Buffer | string): Promise<[title: string, content: string][]> {
  const result = await read(name, content);
  if (!result?.ok) throw new Error(`not read: ${result?.reason}`);
  return result.drafts.map((draft) => [draft.title, draft.content]);
}
const reason = async (name: string, content: Buffer | string) => {
  const result = await read(name, content);
  return result?.ok ? result.drafts.map(({ title }) => title) : result?.reason;
};

test('a price list in Excel with merged headings becomes an entry a section, a row a line', async () => {
  const file = workbook({
    Menyu: {
      rows: [
        ['“Oltin Non” kafesi', null, null],
        [null, null, null],
        ['№', 'Nomi', 'Narxi, soʻm'],
        ['Issiq taomlar', null, null],
        [1, 'Osh (350 g)', 35000],
        [2, 'Lagʻmon', 28000],
        ['Ichimliklar', null, null],
        [3, 'Koʻk choy', 5000],
        [4, 'Kompot 1 l', 12000],
      ],
      merges: ['A1:C1', 'A4:C4', 'A7:C7'],
    },
  });
  expect(await drafts('menyu.xlsx', file)).toEqual([
    ['Issiq taomlar', 'Osh (350 g) — 35000\nLagʻmon — 28000'],
    ['Ichimliklar', 'Koʻk choy — 5000\nKompot 1 l — 12000'],
  ]);
});

test('a column of categories, merged downwards, makes the sections; other columns keep their names', async () => {
  const rows = [
    ['Bo‘lim', 'Xizmat', 'Davomiyligi', 'Narxi'],
    ['Sochlar', 'Ayollar soch kesish', '60 daqiqa', '120 000'],
    ['', 'Boʻyash', '120 daqiqa', '350 000'],
    ['Tirnoqlar', 'Manikyur', '45 daqiqa', '80 000'],
    ['', 'Pedikyur', '60 daqiqa', '110 000'],
  ];
  expect(await drafts('salon.xlsx', workbook({ Лист1: { rows, merges: ['A2:A3', 'A4:A5'] } }))).toEqual([
    [
      'Sochlar',
      'Ayollar soch kesish — Davomiyligi: 60 daqiqa, Narxi: 120 000\nBoʻyash — Davomiyligi: 120 daqiqa, Narxi: 350 000',
    ],
    ['Tirnoqlar', 'Manikyur — Davomiyligi: 45 daqiqa, Narxi: 80 000\nPedikyur — Davomiyligi: 60 daqiqa, Narxi: 110 000'],
  ]);
});

test('a Russian CSV in Windows-1251 with semicolons is read', async () => {
  const lines = Array.from({ length: 52 }, (_, at) => `Товар ${at + 1};${(at + 1) * 1000};шт`);
  const [[title, content] = ['', '']] = await drafts('Прайс_2026.csv', cp1251(`Наименование;Цена;Ед.\r\n${lines.join('\r\n')}`));
  expect(title).toBe('Прайс 2026');
  expect(content.split('\n')).toHaveLength(52);
  expect(content).toContain('Товар 7 — Цена: 7000, Ед.: шт');
});

test('questions and answers in a table are an entry each', async () => {
  const rows = [
    ['Savol', 'Javob'],
    ['Yetkazib berasizmi?', 'Ha, Toshkent boʻylab.'],
    ['Toʻlov qanday?', 'Naqd, Payme yoki Click.'],
  ];
  expect(await drafts('faq.xlsx', workbook({ Sheet1: { rows } }))).toEqual(rows.slice(1));
  const tabs = rows.map((row) => row.join('\t')).join('\n');
  expect(await drafts('faq.tsv', tabs)).toEqual(rows.slice(1));
});

test('Word: headings, bold lines and tables', async () => {
  const file = await wordFile(
    wordParagraph('Yetkazib berish', { style: 'Heading1' }),
    wordParagraph('Toshkent boʻylab bir soatda yetkazamiz.'),
    wordParagraph('Narxi 20 000 soʻm.'),
    wordParagraph('Toʻlov', { bold: true }),
    wordParagraph('Naqd yoki karta orqali.'),
    wordTable([
      ['Kurs', 'Narx'],
      ['Ingliz tili', '450 000'],
      ['Matematika', '400 000'],
    ]),
  );
  expect(await drafts('kurslar.docx', file)).toEqual([
    ['Yetkazib berish', 'Toshkent boʻylab bir soatda yetkazamiz.\n\nNarxi 20 000 soʻm.'],
    ['Toʻlov', 'Naqd yoki karta orqali.'],
    ['kurslar', 'Ingliz tili — 450 000\nMatematika — 400 000'],
  ]);
});

const column = (x: number, from: number, lines: string[]): PdfText[] => lines.map((text, at) => ({ x, y: from + at * 15, text }));

test('a PDF price list: leader dots and prices at the right edge', async () => {
  const rows: PdfText[] = [
    { x: 50, y: 60, text: 'Salatlar', size: 18 },
    ...column(50, 90, ['Sezar', 'Olivye', 'Achichuk', 'Vinegret', 'Bahor']),
    ...column(450, 90, ['32 000', '18 000', '10 000', '15 000', '17 000']),
    { x: 50, y: 190, text: 'Shorvalar', size: 18 },
    ...column(50, 220, ['Mastava ............. 22 000', 'Lagman shorva ....... 27 000']),
  ];
  expect(await drafts('menu.pdf', pdfFile([rows]))).toEqual([
    ['Salatlar', 'Sezar — 32 000\nOlivye — 18 000\nAchichuk — 10 000\nVinegret — 15 000\nBahor — 17 000'],
    ['Shorvalar', 'Mastava — 22 000\nLagman shorva — 27 000'],
  ]);
});

test('a PDF with three columns is read column by column, broken lines joined', async () => {
  const page = [
    ...column(40, 60, [
      'Biz Toshkentda 2012 yildan',
      'beri ishlaymiz va mijozlar',
      'bizni sifat uchun biladi,',
      'chunki har kuni tekshiramiz.',
    ]),
    ...column(230, 60, [
      'Manzil Chilonzor tumanida',
      'metro yonida joylashgan, u',
      'yerda bepul avtoturargoh',
      'bor va kirish qulay.',
    ]),
    ...column(420, 60, [
      'Buyurtma telefon orqali yoki',
      'bot orqali qabul qilinadi va',
      'bir soat ichida yetkaziladi,',
      'kechasi ham ishlaymiz.',
    ]),
  ];
  expect((await drafts('buklet.pdf', pdfFile([page]))).map(([, content]) => content)).toEqual([
    'Biz Toshkentda 2012 yildan beri ishlaymiz va mijozlar bizni sifat uchun biladi, chunki har kuni tekshiramiz.',
    'Manzil Chilonzor tumanida metro yonida joylashgan, u yerda bepul avtoturargoh bor va kirish qulay.',
    'Buyurtma telefon orqali yoki bot orqali qabul qilinadi va bir soat ichida yetkaziladi, kechasi ham ishlaymiz.',
  ]);
});

test('HTML: headings and a table, without scripts', async () => {
  const html = `<!doctype html><title>x</title><script>alert(1)</script><h2>Ish vaqti</h2><p>Har kuni 9:00–22:00</p>
    <h2>Narxlar</h2><table><tr><th>Xizmat</th><th>Narx</th></tr><tr><td colspan=2>Moyka</td></tr><tr><td>Kuzov</td><td>50 000</td></tr><tr><td>Salon</td><td>70 000</td></tr></table>`;
  expect(await drafts('sayt.html', html)).toEqual([
    ['Ish vaqti', 'Har kuni 9:00–22:00'],
    ['Moyka', 'Kuzov — 50 000\nSalon — 70 000'],
  ]);
  expect(await drafts('eski.xls', html)).toHaveLength(2);
});

const encryptedPdf = (): Buffer =>
  Buffer.from(
    pdfFile([[{ x: 50, y: 50, text: 'Secret' }]])
      .toString('latin1')
      .replace(
        '/Root 1 0 R',
        `/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <${'ab'.repeat(32)}> /U <${'cd'.repeat(32)}> /P -4 >>`,
      ),
    'latin1',
  );
const sheet = workbook({
  A: {
    rows: [
      ['Nomi', 'Narxi'],
      ['Non', 4000],
    ],
  },
});

test.each<[what: string, name: string, content: Buffer | string | Promise<Buffer>, reason: string]>([
  ['an empty file', 'a.xlsx', '', 'empty'],
  ['blank lines', 'a.txt', ' \n ', 'empty'],
  ['half a workbook', 'a.xlsx', sheet.subarray(0, sheet.length / 2), 'corrupt'],
  ['bytes that are nothing', 'a.docx', Buffer.from('0102030405060000ff', 'hex'), 'corrupt'],
  ['a ZIP under the name of a document', 'a.xlsx', zip({ 'a.txt': 'x' }), 'corrupt'],
  ['an archive', 'a.gz', gzipSync('x'), 'unknown_kind'],
  ['an archive named as a document', 'a.pdf', gzipSync('x'), 'mislabelled'],
  ['half a PDF', 'a.pdf', '%PDF-1.4\n1 0 obj', 'corrupt'],
  ['a PDF with a password', 'a.pdf', encryptedPdf(), 'encrypted'],
  ['a scanned PDF', 'a.pdf', pdfFile([[]]), 'is_picture'],
  ['a PDF of 301 pages', 'a.pdf', pdfFile(Array.from({ length: 301 }, () => [])), 'too_many_pages'],
])('%s is refused in words', async (_what, name, content, expected) => {
  expect(await reason(name, await content)).toBe(expected);
});

test('a workbook named as a PDF is read as what it is', async () => {
  expect(await drafts('narx.pdf', sheet)).toEqual([['A', 'Non — 4000']]);
});

test('a ZIP bomb, and a file that breaks the limits of time or memory, cost that file only', async () => {
  const parts = {
    '[Content_Types].xml':
      '<Types ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>',
  };
  const bomb = await zip({ ...parts, 'word/document.xml': Buffer.alloc(170 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(1024 * 1024);
  expect(await reason('bomb.docx', bomb)).toBe('too_much_inside');
  const long = `Nomi;Narxi\n${'Non;4000\n'.repeat(300_000)}`;
  expect(await read('a.csv', long, { timeMs: 1, memoryMb: 256 })).toEqual({ ok: false, reason: 'too_slow' });
  expect(await read('a.csv', long, { timeMs: 60_000, memoryMb: 12 })).toEqual({ ok: false, reason: 'too_much_inside' });
});
