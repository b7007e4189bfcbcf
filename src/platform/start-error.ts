/** The start is refused. The message says why and what to do, for the console; no stack is needed. */
export class StartError extends Error {}
