// All apostrophes that people type in oʻ, gʻ and for the glottal stop.
const APOSTROPHES = /['`´ʹʻʼʽˈ‘’‛′＇]/g;

const CYRILLIC_TO_LATIN: Record<string, string> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ғ: 'g',
  д: 'd',
  е: 'e',
  ё: 'yo',
  ж: 'j',
  з: 'z',
  и: 'i',
  й: 'y',
  к: 'k',
  қ: 'q',
  л: 'l',
  м: 'm',
  н: 'n',
  ң: 'ng',
  о: 'o',
  ө: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ў: 'o',
  ү: 'u',
  ұ: 'u',
  ф: 'f',
  х: 'x',
  ҳ: 'h',
  һ: 'h',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'sh',
  ъ: '',
  ы: 'i',
  ь: '',
  э: 'e',
  ә: 'a',
  ю: 'yu',
  я: 'ya',
  і: 'i',
  ї: 'i',
  є: 'e',
  ґ: 'g',
  ј: 'j',
  љ: 'l',
  њ: 'n',
  ћ: 'ch',
  ђ: 'j',
  џ: 'j',
};

// For comparison only: plain Latin without apostrophes, with letters that writers mix up unified (x and h, q and k, ye and e,
// ц as ts or s). Russian is folded too, so fold both sides. Expects lower case.
export function foldUzbek(text: string): string {
  return text
    .replace(/[Ѐ-ӿ]+/g, cyrillicToLatin)
    .replace(APOSTROPHES, '')
    .replace(/y[eo]/g, 'e')
    .replace(/ts(?=[aeiou])/g, 's')
    .replace(/x/g, 'h')
    .replace(/q/g, 'k');
}

function cyrillicToLatin(run: string): string {
  let latin = '';
  for (const letter of run) latin += CYRILLIC_TO_LATIN[letter] ?? letter;
  return latin;
}
