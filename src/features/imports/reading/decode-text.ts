const utf8 = new TextDecoder('utf-8', { fatal: true });

/** UTF-8, UTF-16 with its mark, else Windows-1251, which Excel writes here. Null for bytes that are no text. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 8_000).includes(0)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    const text = new TextDecoder('windows-1251').decode(bytes);
    return looksWritten(text) ? text : null;
  }
}

/** Mostly letters, digits and spaces; of random bytes half are neither. */
function looksWritten(text: string): boolean {
  const sample = text.slice(0, 4_000);
  const usual = sample.match(/[\p{L}\p{N}\s.,;:!?()"'«»%+\-–—/№]/gu)?.length ?? 0;
  const control = sample.match(/(?!\s)\p{Cc}/gu)?.length ?? 0;
  return control === 0 && usual >= sample.length * 0.9;
}
