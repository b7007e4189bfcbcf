(features) => {
  const key = new RegExp(`\\b(?:${features.join('|')})(?:\\.[a-zA-Z0-9_]+){2,}\\b`, 'g');
  const named = ['title', 'placeholder', 'aria-label', 'alt'].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name) ?? ''),
  );
  const text = [document.title, document.body.innerText, ...named].join('\n');
  const width = document.documentElement.clientWidth;
  const wide = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > width + 1);
  return {
    overflow: document.documentElement.scrollWidth - width,
    widest: wide.slice(0, 3).map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
    rawKeys: [...new Set(text.match(key) ?? [])],
    untitled: document.title.trim() === '',
  };
};
