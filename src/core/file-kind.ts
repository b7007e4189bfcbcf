/** Files a receipt may be. */
export const RECEIPT_TYPES = { 'image/png': 'png', 'image/jpeg': 'jpg', 'application/pdf': 'pdf' } as const;
export type ReceiptType = keyof typeof RECEIPT_TYPES;

const SIGNATURES: [ReceiptType, readonly number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** What a file is by its first bytes, whatever its sender calls it; null: nothing we take. */
export function receiptTypeOf(content: Uint8Array): ReceiptType | null {
  return SIGNATURES.find(([, bytes]) => bytes.every((byte, at) => content[at] === byte))?.[0] ?? null;
}

/** Photos every channel takes. */
export const PHOTO_EXTENSIONS = { 'image/jpeg': 'jpg', 'image/png': 'png' } as const;
export type PhotoType = keyof typeof PHOTO_EXTENSIONS;

/** What a photo is by its first bytes; null: none that we take. */
export function photoTypeOf(content: Uint8Array): PhotoType | null {
  const type = receiptTypeOf(content);
  return type === 'application/pdf' ? null : type;
}
