import { styleText } from 'node:util';
import { compact } from '../printable';

/** Says on stderr in one line why a command could not run. No stack: it is meant for the one who typed. */
export function writeError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${red('error:', process.stderr)} ${compact(message)}\n`);
}

/** Red on a terminal that has colours (NO_COLOR and TERM are respected), plain anywhere else. */
export function red(text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && stream.hasColors() ? styleText('red', text, { validateStream: false }) : text;
}

/** Writes to stdout, no faster than it is read. */
export async function print(text: string): Promise<void> {
  const { stdout } = process;
  if (stdout.write(text) || stdout.destroyed) return;
  await new Promise<void>((resolve) => stdout.once('drain', resolve).once('close', resolve));
}

/** Whoever reads the output may stop early (`… | head`); the command goes on without a word. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
