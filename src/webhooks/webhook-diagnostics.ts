import { diagnostics } from '../diagnostics';

/** A message that was posted to an endpoint, or could not be. */
export interface PostedMessage {
  readonly isTaken: boolean;
  readonly seconds: number;
}

/** Tells of every attempt to post a message. */
export const posts = diagnostics<PostedMessage>('webhooks.post');
