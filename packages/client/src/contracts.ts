/** What the package offers. */
export { type ClientOptions, createClient, type StockClient } from './client.ts';
export { type EventOf, type EventType, isEvent, type StockEvent } from './events.ts';
export { type EventsPage, follow, type FollowOptions } from './follow.ts';
export type { components, operations, paths } from './generated/openapi.ts';
export { type ItemOf, items, type ItemsInit, type PagedPath } from './items.ts';
export { answerOf, PositionExpired, type Problem, ProblemError } from './problem.ts';
export { verifyWebhook, type WebhookHeaders } from './webhooks.ts';
export { WebhookVerificationError } from 'standardwebhooks';
