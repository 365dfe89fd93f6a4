import { type Action } from './decide';
import { type Folder } from './folder';
import { type Problem, reasonOf } from './problems';

/**
 * Carries actions out, each failing alone. One that was to come after a failed one fails too rather than overwrite
 * what that one has left in place.
 * @param source where in the file system the content of a path is
 * @returns what was done, and what could not be
 */
export async function act(
  actions: readonly Action[],
  source: (path: string) => string,
  destination: Folder,
): Promise<{ done: Action[]; problems: Problem[] }> {
  const done: Action[] = [];
  const problems: Problem[] = [];
  for (const action of actions) {
    try {
      await perform(action, source, destination);
      done.push(action);
    } catch (error) {
      const path = action.do === 'move' ? action.to : action.path;
      problems.push({ folder: 'destination', path, reason: `could not ${action.do}: ${reasonOf(error)}` });
    }
  }
  return { done, problems };
}

/** @throws Error when it could not be done; nothing has changed then */
export async function perform(
  action: Action,
  source: (path: string) => string,
  destination: Folder,
): Promise<void> {
  switch (action.do) {
    case 'remove':
      await destination.remove(action.path);
      return destination.prune(action.path);
    case 'move':
      await destination.move(action.from, action.to);
      return destination.prune(action.from);
    case 'copy':
      return destination.copy(source(action.path), action.path, action.hash);
    case 'replace':
      return destination.copy(source(action.path), action.path, action.hash, { replace: true });
  }
}
