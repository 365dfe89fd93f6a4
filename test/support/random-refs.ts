import { randomUUID } from 'node:crypto';

/** Names that no other test uses, so that tests can share a database. */
const suffix = () => randomUUID().slice(0, 8);

export const randomSku = (name = 'LAMP') => `${name}-${suffix()}`;
export const randomRef = (name = 'batch') => `${name}-${suffix()}`;
export const randomOrderId = (name = 'order') => `${name}-${suffix()}`;
