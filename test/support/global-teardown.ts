import { leftToDo } from './global-setup';

/** Runs once after the tests. */
export default async function globalTeardown(): Promise<void> {
  await leftToDo.cleanUpAfterTests?.();
}
