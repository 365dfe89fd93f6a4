import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Stopwatch } from '../support/stalls';

const support = join(__dirname, '../support');

/** Says what it measured as soon as it is told something. */
const MEASURING = `
  const { Stopwatch } = require(${JSON.stringify(join(support, 'stalls.ts'))});
  const watch = new Stopwatch();
  const began = performance.now();
  process.stdin.once('data', () => {
    console.log(JSON.stringify({ took: performance.now() - began, stalled: watch.stalledMs, ms: watch.stop() }));
    process.exit();
  });
  console.log('ready');`;

test('a stopwatch leaves out the time in which its process stood still', async () => {
  const child = spawn(process.execPath, ['-r', join(support, 'register.cjs'), '-e', MEASURING]);
  try {
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    await pause(2_000);
    child.kill('SIGCONT');
    child.stdin.write('tell');
    await once(child, 'close');
    const measured = JSON.parse(said.split('\n')[1]) as { took: number; stalled: number; ms: number };
    expect(measured.took).toBeGreaterThan(1_900);
    expect(measured.stalled).toBeGreaterThan(1_700);
    expect(measured.ms).toBeLessThan(measured.took - 1_700);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a stopwatch counts waiting and computing', async () => {
  const watch = new Stopwatch();
  await pause(300);
  const waited = watch.ms + watch.stalledMs;
  expect(waited).toBeGreaterThan(299);
  const begin = process.cpuUsage();
  const computed = () => {
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1_000;
  };
  const before = watch.ms;
  while (computed() < 300);
  expect(watch.stop() - before).toBeGreaterThan(290);
});
