/** The only door into this module for others. */
export { webhooksOn } from './adapters/webhooks-on';
export { isEndpointUrl, URL_RULE } from './endpoint-url';
export type { Delivery, Webhook } from './webhook';
export type { Webhooks } from './webhooks';
