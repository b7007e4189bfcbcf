// The files of messages that the server does not have yet. They stay in the browser over a reload and an ended session, as the words
// of such messages do. A private window may refuse; then they live as long as the page.
const [DATABASE, FILES] = ['composer', 'files'];
const here = new Map();

const opened = () =>
  new Promise((resolve) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(FILES));
    request.addEventListener('success', () => resolve(request.result));
    for (const event of ['error', 'blocked']) request.addEventListener(event, () => resolve(null));
  });

/** Undefined when the browser keeps nothing. */
async function inStore(mode, act) {
  const database = await opened().catch(() => null);
  if (!database) return undefined;
  const found = await new Promise((resolve) => {
    const transaction = database.transaction(FILES, mode);
    const request = act(transaction.objectStore(FILES));
    transaction.addEventListener('complete', () => resolve(request.result));
    for (const event of ['error', 'abort']) transaction.addEventListener(event, () => resolve(undefined));
  });
  database.close();
  return found;
}

export async function keepFile(draft, content) {
  here.set(draft, content);
  await inStore('readwrite', (files) => files.put(content, draft));
}

export const fileOf = async (draft) => here.get(draft) ?? (await inStore('readonly', (files) => files.get(draft)));

export async function dropFile(draft) {
  here.delete(draft);
  await inStore('readwrite', (files) => files.delete(draft));
}
