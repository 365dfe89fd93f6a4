import { PassThrough } from 'node:stream';
import { red } from '../../src/cli/output';
import { startProgress } from '../../src/cli/progress';
import { until } from '../support/until';

/** A stream that remembers what was written to it, and may say that it is a terminal. */
class Screen extends PassThrough {
  text = '';

  constructor(readonly isTTY: boolean) {
    super();
    this.on('data', (piece: Buffer) => (this.text += piece.toString()));
  }
}

describe('progress on a terminal', () => {
  test('is a bar, with lines above it, and gone in the end', async () => {
    const screen = new Screen(true);
    const progress = startProgress('Counting', 200, screen);
    progress.update(50, '50 sheep');
    await until(() => screen.text.includes('25 % 50 sheep'));
    expect(screen.text).toContain('Counting ███');

    progress.log('one sheep refused');
    await until(() => screen.text.includes('one sheep refused\n'));
    progress.log('another one refused');
    const before = screen.text.length;
    progress.stop();
    expect(screen.text.slice(before)).toContain('another one refused\n');
    expect(screen.text.slice(screen.text.lastIndexOf('%'))).toContain('\x1b[0J');
  });

  test('does not keep Ctrl-C from ending the command', () => {
    const listeners = process.listenerCount('SIGINT');
    const progress = startProgress('Counting', 200, new Screen(true));
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    progress.stop();
  });
});

describe('progress anywhere else', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is a line every five seconds', () => {
    const screen = new Screen(false);
    const progress = startProgress('Counting', 200, screen);
    for (let second = 1; second <= 12; second++) {
      jest.advanceTimersByTime(1000);
      progress.update(second * 10, `${second} sheep`);
    }
    progress.log('one sheep refused');
    progress.stop();
    expect(screen.read()).toBeNull();
    expect(screen.text).toBe('Counting: 25 %, 5 sheep\nCounting: 50 %, 10 sheep\none sheep refused\n');
  });
});

test('red is red on a terminal that has colours', () => {
  const stream = (isTTY: boolean, colours: boolean) =>
    ({ isTTY, hasColors: () => colours }) as unknown as NodeJS.WriteStream;
  expect(red('no', stream(true, true))).toBe('\x1b[31mno\x1b[39m');
  expect(red('no', stream(true, false))).toBe('no');
  expect(red('no', stream(false, true))).toBe('no');
});
