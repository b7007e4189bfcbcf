// Reads the routes out of a real Express app: whatever can be asked for is in its router's stack.
import type { Express } from 'express';

interface Layer {
  rawPath: unknown;
  handle: { stack?: Layer[] };
  route?: { path: unknown; methods: Record<string, boolean>; stack: unknown[] };
}

export interface FoundRoute {
  method: string;
  path: string;
}

/** Every route below the app, with the path it is mounted at; and what hangs at a path without being a route: static folders, guards. */
export function walkRouter(app: Express): { routes: FoundRoute[]; mounts: string[] } {
  const routes: FoundRoute[] = [];
  const mounts: string[] = [];
  const visit = (stack: Layer[], base: string): void => {
    for (const { rawPath, route, handle } of stack) {
      for (const path of pathsOf(rawPath)) {
        const full = join(base, path);
        if (route) routes.push(...Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: full })));
        else if (Array.isArray(handle.stack)) visit(handle.stack, full);
        else if (full !== '/') mounts.push(full);
      }
    }
  };
  visit((app as unknown as { router: { stack: Layer[] } }).router.stack, '/');
  return { routes, mounts };
}

/** A pattern that is no text could match anything: the list must know it by its source. */
const pathsOf = (raw: unknown): string[] => (Array.isArray(raw) ? raw.flatMap(pathsOf) : [String(raw)]);

const join = (base: string, path: string): string => `${base}/${path}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
