/** The only door into this module for others: how they say what needs a person. */
export {
  Attention,
  type AttentionOptions,
  type AttentionSource,
  type Notice,
  noticeKinds,
} from './attention';
