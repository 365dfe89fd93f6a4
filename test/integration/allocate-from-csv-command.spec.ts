import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Playground } from '../support/playground';
import { NAME_RULE } from '../../src/syntax';

const root = join(__dirname, '../..');

let playground: Playground;
beforeAll(() => {
  playground = new Playground();
  playground.plant('good', {
    'batches.csv': 'ref,sku,qty,eta\nb1,LAMP,3,\n',
    'orders.csv': 'orderid,sku,qty\no1,LAMP,2\no2,LAMP,2\n',
  });
  playground.plant('bad', {
    'batches.csv': 'ref,sku,qty,eta\nb1,LAMP,3,\nb1,LAMP,3,\n',
    'orders.csv': 'orderid,sku,qty\no1,"L\x1b[31m\nA\x9bMP",2\no2,LAMP,x\no3,LAMP,1\n',
  });
});
afterAll(() => playground.remove());

/** Runs the command line in the playground. @param before options for node */
async function run(args: readonly string[], before: readonly string[] = []) {
  const support = join(root, 'test/support/register.cjs');
  const child = spawn(process.execPath, ['-r', support, ...before, join(root, 'src/cli.ts'), ...args], {
    cwd: playground.root,
    env: { ...process.env, FORCE_COLOR: undefined },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => void (said.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => void (said.err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

describe('allocate-from-csv', () => {
  test('says what became of the lines, and ends with 0 when all is well', async () => {
    expect(await run(['allocate-from-csv', 'good'])).toEqual({
      code: 0,
      out: '2 order lines: 1 allocated, 0 unchanged, 1 out of stock\n',
      err: '',
    });
    expect(readFileSync(playground.at('good/allocations.csv'), 'utf8')).toBe(
      'orderid,sku,qty,batchref\no1,LAMP,2,b1\n',
    );
  });

  test('says how many lines are reserved, and how many wait', async () => {
    playground.plant('lives', {
      'batches.csv': 'ref,sku,qty,eta\nb1,LAMP,3,\n',
      'orders.csv': 'orderid,sku,qty,wait,reserve\no1,LAMP,2,,900\no2,LAMP,2,true,\no3,LAMP,1,,\n',
    });
    expect((await run(['allocate-from-csv', 'lives'])).out).toBe(
      '3 order lines: 1 allocated, 1 reserved, 0 unchanged, 1 out of stock, 1 of them waiting\n',
    );
    expect(JSON.parse((await run(['allocate-from-csv', 'lives', '--json'])).out)).toEqual({
      ...{ refusedRows: [], orderLines: 3, allocated: 0, unchanged: 2, outOfStock: 1, waiting: 1 },
      ...{ refused: 0, written: true },
    });
  });

  test('ends with 1 when rows were refused, and says which and why, without what a terminal would act on', async () => {
    expect(await run(['allocate-from-csv', '--strict', 'bad'])).toEqual({
      code: 1,
      out: '3 order lines: 1 allocated, 0 unchanged, 0 out of stock\n2 rows refused, so nothing was written (--strict)\n',
      err:
        'warning: Batch b1 of LAMP exists already with the same content; skipped\n' +
        `refused: orders.csv, line 2: sku ${NAME_RULE}, not "L\\u001b[31m\\nA\\u009bMP"\n` +
        'refused: orders.csv, line 4: qty must be a whole number from 1 to 2147483647, not "x"\n',
    });
  });

  test('tells other programs the same as JSON', async () => {
    const { code, out } = await run(['allocate-from-csv', 'bad', '--json']);
    expect(JSON.parse(out)).toEqual({
      refusedRows: [
        { file: 'orders.csv', line: 2, reason: `sku ${NAME_RULE}, not "L\\u001b[31m\\nA\x9bMP"` },
        { file: 'orders.csv', line: 4, reason: 'qty must be a whole number from 1 to 2147483647, not "x"' },
      ],
      orderLines: 3,
      allocated: 1,
      unchanged: 0,
      outOfStock: 0,
      refused: 2,
      written: true,
    });
    expect(code).toBe(1);
  });

  test('ends with 2 when it cannot run, and says why in one line', async () => {
    mkdirSync(playground.at('empty'));
    const error = 'empty/batches.csv: there is no such file';
    expect(await run(['allocate-from-csv', 'empty'])).toEqual({ code: 2, out: '', err: `error: ${error}\n` });
    const { code, out } = await run(['allocate-from-csv', 'empty', '--json']);
    expect(JSON.parse(out)).toEqual({ refusedRows: [], error });
    expect(code).toBe(2);
  });
});

test('a disk that is full before both files are written leaves both as they were', async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `order-${index},LAMP,2\n`);
  const folder = playground.plant('full', {
    'batches.csv': 'ref,sku,qty,eta\nb1,LAMP,3,\n',
    'orders.csv': `orderid,sku,qty\n${lines.join('')}`,
    'out_of_stock.csv': 'orderid,sku,qty\n',
  });
  const before = playground.filesIn('full');
  // Files of at most 8 or 16 KiB; out_of_stock.csv would be larger.
  const limited = ['-c', 'ulimit -f 16 && exec "$0" "$@"', process.execPath];
  const command = ['-r', join(root, 'test/support/register.cjs'), join(root, 'src/cli.ts')];
  const child = spawn('sh', [...limited, ...command, 'allocate-from-csv', folder], { stdio: 'ignore' });
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(playground.filesIn('full')).toEqual(before);
});

describe('the command line', () => {
  test('ends with 2 when it is not understood', async () => {
    const unknown = await run(['allot']);
    expect(unknown.err).toContain("error: unknown command 'allot'");
    const missing = await run(['allocate-from-csv']);
    expect(missing.err).toContain("error: missing required argument 'folder'\n(--help says more)");
    expect([unknown.code, missing.code]).toEqual([2, 2]);
  });

  test('helps with each command, and loads nothing heavy for it', async () => {
    const probe = playground.at('probe.cjs');
    writeFileSync(
      probe,
      `process.on('exit', () => {
        const heavy = /node_modules\\/(@nestjs|typeorm|pg|csv-parse|cli-progress)\\//;
        console.log('heavy:', Object.keys(require.cache).filter((file) => heavy.test(file)).length);
      });`,
    );
    const help = await run(['allocate-from-csv', '--help'], ['-r', probe]);
    expect(help.out).toContain('Example:\n  stock-allocation allocate-from-csv examples/furniture-shop\n');
    expect(help.out).toMatch(/heavy: 0\n$/);
    expect(help.code).toBe(0);

    // The list of all has those of modules, which have to be loaded for it.
    const list = await run(['--help']);
    expect(list.out).toContain('allocate-from-csv');
    expect(list.code).toBe(0);
  });

  test('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});
