import { createHash } from 'node:crypto';
import { constants, open } from 'node:fs/promises';
import { FileProblem } from './problems';

// Neither followed nor waited for, should a link or a pipe have taken the file's place. Windows knows neither flag.
const carefully = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file piece by piece, in constant memory.
 * @param use is given each piece, and waited for
 * @returns the SHA-256 of what was read, in hexadecimal
 * @throws FileProblem when the file changed meanwhile: what was read may be half old, half new
 */
export async function readSteady(path: string, use?: (piece: Buffer) => Promise<void>): Promise<string> {
  const file = await open(path, carefully);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new FileProblem('is not an ordinary file');
    const hash = createHash('sha256');
    let read = 0n;
    for await (const piece of file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 })) {
      hash.update(piece as Buffer);
      read += BigInt((piece as Buffer).length);
      await use?.(piece as Buffer);
    }
    const after = await file.stat({ bigint: true });
    if (before.mtimeNs !== after.mtimeNs || before.size !== after.size || read !== after.size) {
      throw new FileProblem('changed while it was read; left for the next run');
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
