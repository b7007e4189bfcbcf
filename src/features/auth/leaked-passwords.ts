const MIN_CHARS = 8;

let list: Promise<ReadonlySet<string>> | undefined;

/** S22 (weak passwords): the most common of published leaks, about 18,000 with eight or more characters. Loaded on first use. */
const leaked = (): Promise<ReadonlySet<string>> => {
  list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].filter((password) => password.length >= MIN_CHARS)),
  );
  return list;
};

export const isLeaked = async (password: string): Promise<boolean> => (await leaked()).has(password.toLowerCase());
