/** Why a file or page could not be read. Each is a sentence of the page: imports.failed.<reason>. */
export const READ_FAILURES = [
  'empty',
  'no_text',
  'corrupt',
  'encrypted',
  'too_large',
  'too_many_pages',
  'too_much_inside',
  'too_slow',
  'unknown_kind',
  'mislabelled',
  'is_picture',
  'picture_too_large',
  'ai_used_up',
  'ai_failed',
  'not_allowed',
  'forbidden_address',
  'unreachable',
  'bad_answer',
] as const;
export type ReadFailure = (typeof READ_FAILURES)[number];
