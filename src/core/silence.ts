/** How long the bot is silent after a person wrote in the conversation. Each message of theirs restarts the time. */
export const SILENCE_MINUTES = 60;
