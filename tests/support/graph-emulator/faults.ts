import type { ServerResponse } from 'node:http';
import { type GraphErrorSpec, graphError } from './errors.ts';

/** What can go wrong at Meta's side. */
export type GraphFault =
  | ({ kind: 'error' } & GraphErrorSpec)
  /** A proxy's page in place of JSON. */
  | { kind: 'html'; status: number }
  /** Takes the request and never answers. */
  | { kind: 'hang' }
  | { kind: 'reset' }
  /** Does what was asked, late. */
  | { kind: 'latency'; ms: number }
  /** Does what was asked and never says so. */
  | { kind: 'lost_answer' };

export interface GraphFaultRule {
  /** Absent: every account, every path. */
  accountId?: string;
  /** A part of the path: `messages`, `me`, `media`. */
  path?: string;
  /** Absent: whether asked or told. */
  method?: 'GET' | 'POST';
  /** How many calls it hits; absent: all until healed. */
  times?: number;
  fault: GraphFault;
}

export function createFaults() {
  let rules: GraphFaultRule[] = [];
  return {
    add: (rule: GraphFaultRule): void => void rules.push({ ...rule }),
    clear(): void {
      rules = [];
    },
    take(accountId: string, path: string, method = ''): GraphFault | null {
      const rule = rules.find(
        (one) => (one.accountId ?? accountId) === accountId && path.includes(one.path ?? '') && (one.method ?? method) === method,
      );
      if (!rule) return null;
      if (rule.times !== undefined) {
        rule.times -= 1;
        if (rule.times <= 0) rules = rules.filter((other) => other !== rule);
      }
      return rule.fault;
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;

/** Plays the fault. True: it has answered, or never will. */
export async function playFault(fault: GraphFault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'hang':
      return true;
    case 'reset':
      response.socket?.destroy();
      return true;
    case 'html':
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html><title>Bad Gateway</title></html>');
      return true;
    case 'error': {
      const { status, body, headers } = graphError(fault);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      return true;
    }
    case 'latency':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return false;
    case 'lost_answer':
      return false;
  }
}
