/**
 * Waits for `work`, but no longer than `ms` milliseconds. The work itself goes on; what becomes of it
 * then is nobody's concern any more.
 * @throws what `work` throws; Error after that time
 */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
