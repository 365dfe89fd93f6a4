import { allocateFolder } from '../../src/cli/allocate-folder';

/* Allocates the folders that it is given, one after the other, until it is killed: `allocate-folders.ts <folder>…`. */
const quiet = { refused: () => {}, warning: () => {}, progress: () => {} };

async function main(): Promise<void> {
  process.stdout.write('started\n');
  for (const folder of process.argv.slice(2)) await allocateFolder(folder, false, quiet);
}

void main();
