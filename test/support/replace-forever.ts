import { ReplacementFile } from '../../src/csv/replacement-file';

/* Replaces a file again and again until it is killed: `replace-forever.ts <path> <content> <other content> <times>`. */
const [path, one, other, times] = process.argv.slice(2);
process.stdout.write('started\n');
for (let turn = 0; ; turn++) {
  const file = new ReplacementFile(path, 'empty');
  file.write((turn % 2 === 0 ? one : other).repeat(Number(times)));
  file.replace();
}
