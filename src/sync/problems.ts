/** Nothing could be done at all: a folder that is missing, cannot be read, or must not be used. */
export class CouldNotRun extends Error {}

/** One file could not be dealt with; the others are. */
export class FileProblem extends Error {}

/** What is told of such a file. */
export interface Problem {
  readonly folder: 'source' | 'destination';
  /** The file's path in that folder. */
  readonly path: string;
  readonly reason: string;
}

/** Says in one line what went wrong with a file. */
export function reasonOf(error: unknown): string {
  const { message = String(error), syscall } = error as Partial<NodeJS.ErrnoException>;
  // What the system says names absolute paths, temporary ones too: `EACCES: permission denied, open '/…'`.
  return syscall === undefined ? message : message.split(', ')[0];
}

/** Whether the system says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return (error as Partial<NodeJS.ErrnoException>).code === 'ENOENT';
}
