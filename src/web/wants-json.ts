import type { Request } from 'express';

/** Browsers list text/html first, and a bare `*` means a page too. */
export const wantsJson = (req: Request): boolean => req.accepts(['html', 'json']) === 'json';
