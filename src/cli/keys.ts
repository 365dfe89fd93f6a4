import type { Command } from 'commander';
import type { Key, Keys } from '../keys/contracts';
import { printable } from '../printable';
import { isScope, SCOPES, type KeyScope } from '../scopes';

const help = `
A key is what a client sends with each request: Authorization: Bearer sak_… Its secret is shown once, when it is created or
rotated; the service keeps a hash of it. From the first key on, every request needs one. Scopes:
  read    everything that is asked: availability, batches, allocations, events
  orders  order lines: allocate, confirm, dispatch, give back
  stock   batches: create, change, arrive, adjust
  metrics what Prometheus reads, and nothing else
  admin   keys, webhooks, readers, dead letters, and all of the above

Running services know of a change within a second.

Exit code: 0 all is well, 1 there is no such key, or one of that name already, 2 it could not run.

Examples:
  stock-allocation keys create --name admin --scopes admin
  stock-allocation keys create --name shop --scopes orders,read --expires 2031-01-31T12:00:00Z
  stock-allocation keys rotate shop
  stock-allocation keys revoke shop`;

/** How many are read at once. */
const PAGE = 1_000;
const HOUR = 60 * 60;

/** The commands `keys create`, `list`, `rotate` and `revoke`. */
export function registerKeys(program: Command): void {
  const command = program
    .command('keys')
    .summary('create keys for clients, show, rotate and revoke them')
    .description('Creates keys by which clients are let in, shows, rotates and revokes them.')
    .addHelpText('after', help);
  command
    .command('create')
    .description('creates a key, and prints its secret this once')
    .requiredOption('--name <name>', 'whom it is for')
    .requiredOption('--scopes <scopes>', `what it may do, separated by commas: ${SCOPES.join(', ')}`)
    .option('--expires <time>', 'from when on it is good no more, such as 2031-01-31T12:00:00Z')
    .action(create);
  command.command('list').description('shows them').option('--json', 'as JSON').action(list);
  command
    .command('rotate')
    .description('gives it a new secret, and prints that this once; the one before is good for a while, too')
    .argument('<key>', 'its name or its id')
    .option('--overlap <hours>', 'for how many hours the secret of before is good; 0 for not at all', '24')
    .action(rotate);
  command
    .command('revoke')
    .description('lets nobody in with it any more')
    .argument('<key>', 'its name or its id')
    .action(revoke);
}

async function create(options: { name: string; scopes: string; expires?: string }): Promise<void> {
  const { isName, isTime, NAME_RULE } = require('../syntax') as typeof import('../syntax');
  const { name, expires } = options;
  if (!isName(name)) throw new Error(`--name ${NAME_RULE}`);
  const scopes = scopesIn(options.scopes);
  if (expires !== undefined && !isTime(expires))
    throw new Error('--expires must be a time such as 2031-01-31T12:00:00Z');
  const expiresAt = expires === undefined ? null : new Date(expires);
  const { KeyExists, KeyExpired } = require('../keys/contracts') as typeof import('../keys/contracts');
  try {
    const { key } = await withKeys((keys) => keys.create({ name, scopes, expiresAt }));
    process.stdout.write(`${key}\n`);
  } catch (error) {
    if (error instanceof KeyExpired) throw new Error(`--expires ${error.message}`);
    if (!(error instanceof KeyExists)) throw error;
    process.stdout.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const all = await withKeys(async (keys) => {
    const found: Key[] = [];
    for (;;) {
      const page = await keys.list(found.at(-1)?.id, PAGE);
      found.push(...page);
      if (page.length < PAGE) return found;
    }
  });
  if (json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  const { SECRET_PREFIX } = require('../keys/contracts') as typeof import('../keys/contracts');
  for (const key of all) process.stdout.write(`${lineOf(key, SECRET_PREFIX)}\n`);
  if (all.length === 0) process.stdout.write('There are none\n');
}

async function rotate(nameOrId: string, { overlap }: { overlap: string }): Promise<void> {
  const { LONGEST_OVERLAP } = require('../keys/contracts') as typeof import('../keys/contracts');
  const hours = /^\d+$/.test(overlap) ? Number(overlap) : NaN;
  if (!(hours * HOUR <= LONGEST_OVERLAP))
    throw new Error(`--overlap must be a whole number of hours from 0 to ${LONGEST_OVERLAP / HOUR}`);
  const rotated = await withKey(nameOrId, (keys, id) => keys.rotate(id, hours * HOUR));
  if (rotated) process.stdout.write(`${rotated.key}\n`);
  else noSuchKey(nameOrId);
}

async function revoke(nameOrId: string): Promise<void> {
  const revoked = await withKey(nameOrId, (keys, id) => keys.revoke(id));
  if (revoked) process.stdout.write(`${printable(revoked.name)} (…${revoked.lastFour}) revoked\n`);
  else noSuchKey(nameOrId);
}

function scopesIn(text: string): KeyScope[] {
  const scopes = [...new Set(text.split(',').map((part) => part.trim()))];
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined)
    throw new Error(`--scopes must be some of ${SCOPES.join(',')}, and not ${unknown || 'none'}`);
  return scopes as KeyScope[];
}

function lineOf({ id, name, scopes, lastFour, ...times }: Key, prefix: string): string {
  const { createdAt, expiresAt, previousUntil, revokedAt, lastUsedAt } = times;
  const said = [
    `created ${createdAt.toISOString()}`,
    lastUsedAt ? `used ${lastUsedAt.toISOString()}` : 'never used',
    expiresAt && `${expiresAt <= new Date() ? 'expired' : 'expires'} ${expiresAt.toISOString()}`,
    previousUntil && `the secret of before is good until ${previousUntil.toISOString()}`,
    revokedAt && `revoked ${revokedAt.toISOString()}`,
  ];
  return `${id} ${printable(name)} ${prefix}…${lastFour} (${scopes.join(',')}): ${said.filter(Boolean).join(', ')}`;
}

function noSuchKey(nameOrId: string): void {
  process.stdout.write(`There is no key ${printable(nameOrId)} that is in use\n`);
  process.exitCode = 1;
}

function withKey<T>(nameOrId: string, work: (keys: Keys, id: string) => Promise<T>): Promise<T | undefined> {
  const isId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(nameOrId);
  return withKeys(async (keys) => {
    const id = isId ? nameOrId : await keys.idOf(nameOrId);
    return id === undefined ? undefined : work(keys, id);
  });
}

/** The first key is made before the service has ever run, and so before there is a schema. */
async function withKeys<T>(work: (keys: Keys) => Promise<T>): Promise<T> {
  const { readConfig, withDataSource } = require('./application') as typeof import('./application');
  const { keysOn } = require('../keys/contracts') as typeof import('../keys/contracts');
  return withDataSource(readConfig(), (dataSource) => work(keysOn(dataSource)), { comesFirst: true });
}
