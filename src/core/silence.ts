/** How long the bot is silent in a conversation after a person wrote there. Each of their messages restarts the time. */
export const SILENCE_MINUTES = 60;
