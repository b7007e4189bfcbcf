interface Rule {
  prelude: string;
  body: string;
}

/** Rules without a class are dropped. */
export function usedRules(css: string, classes: ReadonlySet<string>): string {
  const rules = rulesOf(css.replaceAll(/\/\*[\s\S]*?\*\//g, ''));
  const kept = rules.map((rule) => usedPart(rule, classes)).join('');
  const keyframes = rules.filter(({ prelude }) => prelude.startsWith('@keyframes'));
  const named = keyframes.filter(({ prelude }) => kept.includes(prelude.replace('@keyframes', '').trim()));
  return kept + named.map(textOf).join('');
}

function usedPart({ prelude, body }: Rule, classes: ReadonlySet<string>): string {
  if (/^@(media|supports)/.test(prelude)) {
    const inner = rulesOf(body).map((rule) => usedPart(rule, classes));
    return inner.some(Boolean) ? textOf({ prelude, body: inner.join('') }) : '';
  }
  if (prelude.startsWith('@')) return '';
  const selectors = splitSelectors(prelude).filter((selector) => isUsed(selector, classes));
  return selectors.length > 0 ? textOf({ prelude: selectors.join(','), body }) : '';
}

function isUsed(selector: string, classes: ReadonlySet<string>): boolean {
  const named = [...selector.matchAll(/\.(-?[a-z_][\w-]*)/gi)].map(([, name]) => name as string);
  return named.length > 0 && named.every((name) => classes.has(name));
}

const textOf = ({ prelude, body }: Rule): string => `${prelude}{${body}}`;

/** Commas inside :not(…) or :is(…) do not separate selectors. */
const splitSelectors = (prelude: string): string[] => prelude.split(/,(?![^(]*\))/);

function rulesOf(css: string): Rule[] {
  const rules: Rule[] = [];
  let start = 0;
  let depth = 0;
  let open = 0;
  for (let at = 0; at < css.length; at += 1) {
    const sign = css[at];
    if (sign === ';' && depth === 0) start = at + 1;
    if (sign === '{' && ++depth === 1) open = at;
    if (sign === '}' && --depth === 0) {
      rules.push({ prelude: css.slice(start, open).trim(), body: css.slice(open + 1, at) });
      start = at + 1;
    }
  }
  return rules;
}
