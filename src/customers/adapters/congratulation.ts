import { newId } from '../../ids';
import type { Mail } from '../../notifications/contracts';
import type { CustomerBecameVip } from '../domain/history';

/** The mails that tell customers what became of them; none for one of whom no address is known. */
export function congratulations(events: readonly CustomerBecameVip[]): Mail[] {
  return events.flatMap(({ email }) => (email === null ? [] : [congratulation(email)]));
}

function congratulation(to: string): Mail {
  return {
    id: newId(),
    to,
    subject: 'Congratulations, you are a VIP',
    text: [
      'Thank you for your third order.',
      'From now on your orders come before others whenever something is short.',
      '',
    ].join('\n'),
  };
}
