const MIN_CHARS = 8;

let list: Promise<ReadonlySet<string>> | undefined;

/** S22: the passwords of published leaks that are tried first, some 18,000 of eight characters and more. Read when first asked for. */
const leaked = (): Promise<ReadonlySet<string>> => {
  list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].filter((password) => password.length >= MIN_CHARS)),
  );
  return list;
};

/** Whether everybody who has the leaks would try it, in any case. */
export const isLeaked = async (password: string): Promise<boolean> => (await leaked()).has(password.toLowerCase());
