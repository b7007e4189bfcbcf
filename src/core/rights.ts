export const ROLES = ['owner', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who may do what in a business. Everything that is named by no right is open to every member. */
export const RIGHTS = {
  /** See conversations, questions, knowledge and numbers; write to customers; take conversations over. */
  answer: ['owner', 'operator'],
  /** Add and change knowledge, also from the desk, and correct answers. */
  teach: ['owner', 'operator'],
  /** Bots, their prompts, facts and how long messages are kept. */
  settings: ['owner'],
  channels: ['owner'],
  broadcasts: ['owner'],
  delete: ['owner'],
  export: ['owner'],
  pay: ['owner'],
  /** The activity log, and what support may see. */
  oversight: ['owner'],
  team: ['owner'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof RIGHTS;

export const may = (role: Role, right: Right): boolean => (RIGHTS[right] as readonly Role[]).includes(role);

/** Of a role, by name: what pages ask before they show a button. */
export const rightsOf = (role: Role): Record<Right, boolean> =>
  Object.fromEntries((Object.keys(RIGHTS) as Right[]).map((right) => [right, may(role, right)])) as Record<Right, boolean>;
