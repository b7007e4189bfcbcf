const NAMES: Record<string, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'audio/ogg': 'OGG',
  'audio/mpeg': 'MP3',
  'audio/mp4': 'M4A',
  'audio/aac': 'AAC',
  'audio/amr': 'AMR',
  'audio/wav': 'WAV',
  'application/pdf': 'PDF',
  'text/plain': 'TXT',
  'application/msword': 'Word',
  'application/vnd.ms-excel': 'Excel',
  'application/vnd.ms-powerpoint': 'PowerPoint',
};

/** The types that people know by a name. */
export const fileTypeNames = (types: readonly string[]): string => types.flatMap((type) => NAMES[type] ?? []).join(', ');
