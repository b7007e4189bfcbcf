/** A QR code as the path of an SVG of `size` units: nothing is sent to anybody, and the view draws it. */
export interface QrCode {
  size: number;
  path: string;
}

/** Around the code, as its standard wants. */
const MARGIN = 4;

export async function qrCode(text: string): Promise<QrCode> {
  // Loaded with the first page that shows one.
  const { default: qrcode } = await import('qrcode');
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
  const path = Array.from({ length: size }, (_, row) => rowPath(data.subarray(row * size, (row + 1) * size), row)).join('');
  return { size: size + 2 * MARGIN, path };
}

/** One stroke for each run of dark squares. */
function rowPath(row: Uint8Array, at: number): string {
  const runs = Buffer.from(row)
    .map((dark) => (dark ? 49 : 48))
    .toString()
    .matchAll(/1+/g);
  return [...runs].map(({ 0: run, index }) => `M${index + MARGIN} ${at + MARGIN}h${run.length}v1h-${run.length}z`).join('');
}
