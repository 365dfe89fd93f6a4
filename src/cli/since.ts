import { isDay, isTime } from '../syntax';

/**
 * What the option `--since` says.
 * @param text a time as RFC 3339 has it, or a day, which begins in UTC
 * @throws Error that names the option
 */
export function sinceIn(text: string): Date {
  if (!isTime(text) && !isDay(text))
    throw new Error('--since must be a time such as 2030-01-31T12:00:00Z, or a day');
  return new Date(text);
}
