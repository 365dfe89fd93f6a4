import { synchronise } from '../../src/sync/contracts';

/** A synchronisation to be killed: `sync-process.ts <source> <destination>`. */
const [source, destination] = process.argv.slice(2);
process.stdout.write('ready\n');
void synchronise(source, destination);
