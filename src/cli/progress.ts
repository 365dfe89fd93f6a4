/** Tells how far a command is. */
export interface Progress {
  /**
   * @param done of the total that the progress was started with
   * @param note what to say besides, such as `450,000 lines`
   */
  update(done: number, note?: string): void;
  /** Writes a line, above the bar if there is one. */
  log(line: string): void;
  /** Takes the bar away. */
  stop(): void;
}

const SECONDS_BETWEEN_LINES = 5;

/**
 * Starts to tell on stderr: with a bar on a terminal, with a line every few seconds anywhere else. A command
 * that is done sooner writes no line.
 * @param label what is being done
 * @param total greater than 0, in whatever unit
 */
export function startProgress(
  label: string,
  total: number,
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean } = process.stderr,
): Progress {
  return stream.isTTY ? bar(label, total, stream) : lines(label, total, stream);
}

function bar(label: string, total: number, stream: NodeJS.WritableStream): Progress {
  const { MultiBar, Presets } = require('cli-progress') as typeof import('cli-progress');
  const screen = new MultiBar(
    {
      stream,
      format: `${label} {bar} {percentage} % {note}`,
      clearOnComplete: true,
      // Otherwise Ctrl-C leaves a terminal that cuts long lines.
      linewrap: true,
    },
    Presets.shades_classic,
  );
  const bar = screen.create(total, 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(done, { note }),
    log: (line) => screen.log(`${line}\n`),
    stop() {
      // Lines that were logged since the last redraw.
      screen.update();
      screen.stop();
    },
  };
}

function lines(label: string, total: number, stream: NodeJS.WritableStream): Progress {
  let next = Date.now() + SECONDS_BETWEEN_LINES * 1000;
  const log = (line: string) => void stream.write(`${line}\n`);
  return {
    update(done, note) {
      if (Date.now() < next) return;
      next = Date.now() + SECONDS_BETWEEN_LINES * 1000;
      log(`${label}: ${Math.floor((100 * done) / total)} %${note ? `, ${note}` : ''}`);
    },
    log,
    stop: () => {},
  };
}
