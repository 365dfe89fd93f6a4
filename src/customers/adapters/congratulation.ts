import { newId } from '../../ids';
import type { Mail } from '../../notifications/contracts';
import type { CustomerBecameVip } from '../domain/history';

/** The mail that tells a customer what became of him; none when no address is known. */
export function congratulationOf({ email }: CustomerBecameVip): Mail | undefined {
  if (email === null) return undefined;
  return {
    id: newId(),
    to: email,
    subject: 'Congratulations, you are a VIP',
    text: [
      'Thank you for your third order.',
      'From now on your orders come before others whenever something is short.',
      '',
    ].join('\n'),
  };
}
