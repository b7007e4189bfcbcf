import type { Request } from 'express';

/** Whether a script asks. A browser's own Accept lists text/html first, and a bare `*` means a page too. */
export const wantsJson = (req: Request): boolean => req.accepts(['html', 'json']) === 'json';
