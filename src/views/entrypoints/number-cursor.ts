import { badField } from '../../http/problems/http-problems';
import { cursorOf, keyIn } from '../../http/requests/page';

/** Where a page ends whose rows are ordered by numbers. */
export function cursorOfNumbers(...numbers: readonly number[]): string {
  return cursorOf(numbers.join(' '));
}

/**
 * The numbers that a cursor stands for; undefined for none.
 * @param count how many there have to be
 * @throws ProblemException when the service did not make it
 */
export function numbersIn(cursor: string | undefined, count: number): number[] | undefined {
  if (cursor === undefined) return undefined;
  const numbers = keyIn(cursor).split(' ').map(Number);
  if (numbers.length === count && numbers.every(Number.isSafeInteger)) return numbers;
  throw badField('after', 'must be the `next` of the page before');
}
