// False when the client left. Source: https://github.com/expressjs/body-parser#errors (`status` and `type`; 2026-11).
export function isUnreadableBody(error: unknown): boolean {
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && type !== 'request.aborted';
}
