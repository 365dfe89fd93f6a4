import type { DomainEvent, Recorded } from '../allocation/contracts';
import { newId } from '../ids';

/**
 * An event as it is handed to a handler, for a test that calls one itself.
 * @param details of how it was recorded, where they matter
 */
export function recorded<E extends DomainEvent>(
  event: E,
  details: Partial<Omit<Recorded<E>, 'event'>> = {},
): Recorded<E> {
  const id = newId();
  return {
    id,
    sequence: 1,
    occurredAt: new Date(),
    correlationId: id,
    causationId: id,
    ...details,
    event,
  };
}
