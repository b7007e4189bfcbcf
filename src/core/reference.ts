/** What a message points at, in words: an earlier message it quotes, a post, story, product or ad it answers. */
export interface Reference {
  kind: 'message' | 'post' | 'story' | 'product' | 'ad';
  /** The quoted words, the caption, the title; '' when the platform gives none. */
  text: string;
  /** Of an earlier message of the chat whose words the platform does not repeat. The intake looks them up. */
  externalId?: string;
}
