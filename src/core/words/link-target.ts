export interface LinkTarget {
  /** What a reader can use without a link; empty: the label says it all. */
  shown: string;
  /** Only of addresses that a browser opens. */
  url?: string;
}

/** "osh.uz/menyu": an address without its beginning. */
const BARE = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,4}[a-z]{2,10}(?:[/?#]\S*)?$/i;
const NUMBER = /^\+?[\d\s().-]{5,}$/;

/** Null: no address, so the brackets are text. */
export function linkTarget(target: string): LinkTarget | null {
  if (/^https?:\/\/[^\s/]/i.test(target)) return { shown: target, ...(hasHost(target) && { url: target }) };
  if (/^(?:www\.|t\.me\/|wa\.me\/|instagram\.com\/)\S/i.test(target)) return { shown: target, url: `https://${target}` };
  const [, scheme = '', rest = ''] = /^([a-z][a-z+.-]*):(.*)$/i.exec(target) ?? [];
  switch (scheme.toLowerCase()) {
    case 'tel':
    case 'sms':
    case 'callto':
    case 'whatsapp':
      return { shown: decoded(rest.replace(/^\/\/(?:send)?(?:\/?\?phone=)?/, '')).split(/[;?&]/)[0] ?? '' };
    case 'mailto':
    case 'geo':
      return { shown: decoded(rest).split('?')[0] ?? '' };
    case 'tg':
      return { shown: inTelegram(rest) };
    case '':
      if (target.startsWith('#')) return { shown: '' };
      if (BARE.test(target)) return { shown: target, url: `https://${target}` };
      return NUMBER.test(target) || /^@\w+$/.test(target) || /^[^\s@]+@[^\s@]+\.\w+$/.test(target) ? { shown: target } : null;
    default:
      return null;
  }
}

/** `tg://resolve?domain=somsa_bot` → `@somsa_bot`. */
function inTelegram(rest: string): string {
  const [, name, value = ''] = /[?&](domain|phone)=([\w+]+)/.exec(rest) ?? [];
  if (!name) return '';
  return name === 'domain' ? `@${value}` : `+${value.replace(/^\+/, '')}`;
}

/** Telegram drops a link without a full host. Source: TDLib LinkManager::check_link (2026-11). */
const hasHost = (url: string): boolean => /^https?:\/\/[^\s/?#]+\.[^\s/?#]+/i.test(url);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the label already says the address: the same digits, or the same words. */
export function says(label: string, shown: string): boolean {
  const [digits, wanted] = [label, shown].map((text) => text.replace(/\D/g, ''));
  if (/^\+?[\d\s().-]+$/.test(shown)) return (digits as string).includes(wanted as string);
  const plain = (text: string): string =>
    text
      .replace(/^https?:\/\//i, '')
      .replace(/\/$/, '')
      .toLowerCase();
  return label.toLowerCase() === shown.toLowerCase() || plain(label) === plain(shown);
}
