/** Refuses the start. The message says why and what to do; it is printed without a stack. */
export class StartError extends Error {}
