// A person's browser as far as forms go: keeps cookies, takes the CSRF field from the last page it saw, follows nothing.

export interface Page {
  status: number;
  location: string | null;
  html: string;
}

/** Visits the site at `url`. Forms are sent as the pages would send them. */
export function visitor(url: string) {
  const cookies = new Map<string, string>();
  let csrf = '';

  const cookieLine = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  async function request(path: string, init: RequestInit = {}): Promise<Page> {
    const headers = { ...init.headers, cookie: cookieLine() };
    const response = await fetch(new URL(path, url), { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) remember(line);
    const html = await response.text();
    csrf = /name="_csrf"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? csrf;
    return { status: response.status, location: response.headers.get('location'), html };
  }

  function remember(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }

  return {
    get: (path: string) => request(path),

    /** For another program to send requests as this person. */
    session: () => ({ cookie: cookieLine(), csrf }),

    json: async (path: string): Promise<Record<string, unknown>> =>
      JSON.parse((await request(path, { headers: { accept: 'application/json' } })).html),

    /** Opens the page that has the form, then sends it to `action`. */
    async submit(formPage: string, action: string, fields: Record<string, string>, headers = {}): Promise<Page> {
      await request(formPage);
      return request(action, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }), headers });
    },

    /** Asks the playground as its script does. */
    async ask(formPage: string, action: string, fields: Record<string, string>): Promise<Record<string, unknown>> {
      await request(formPage);
      const body = new URLSearchParams({ _csrf: csrf, ...fields });
      const page = await request(action, { method: 'POST', body, headers: { accept: 'application/json' } });
      return JSON.parse(page.html) as Record<string, unknown>;
    },
  };
}

export type Visitor = ReturnType<typeof visitor>;

export const PASSWORD = 'a-long-enough-passphrase-9';

/** Registers a new owner and gives the signed-in visitor. */
export async function registerOwner(url: string, username: string): Promise<Visitor> {
  const owner = visitor(url);
  const done = await owner.submit('/register', '/register', { username, email: `${username}@example.com`, password: PASSWORD });
  if (done.status !== 303) throw new Error(`registering answered ${done.status}:\n${done.html}`);
  return owner;
}

/** Creates a bot on Telegram; gives its page's address. */
export async function createTelegramBot(
  owner: Visitor,
  bot: { name: string; systemPrompt: string; token: string },
): Promise<string> {
  const form = { name: bot.name, systemPrompt: bot.systemPrompt, platform: 'telegram', telegramToken: bot.token };
  const done = await owner.submit('/bots/new', '/bots', form);
  const path = /^\/bots\/[0-9a-f-]{36}/.exec(done.location ?? '')?.[0];
  if (done.status !== 303 || !path) throw new Error(`creating a bot answered ${done.status} ${done.location}:\n${done.html}`);
  return path;
}
