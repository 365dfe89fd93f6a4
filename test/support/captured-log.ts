import { Logger } from '@nestjs/common';

/** Sends what Nest's loggers write to the list that is returned, and nowhere else, in this test file. */
export function captureLog(): string[] {
  const lines: string[] = [];
  const write = (message: unknown, ...details: unknown[]) =>
    void lines.push(JSON.stringify([message, ...details]));
  Logger.overrideLogger({ log: write, warn: write, error: write });
  return lines;
}
