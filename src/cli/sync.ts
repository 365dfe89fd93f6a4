import { type Command } from 'commander';
import { printable } from '../printable';
import { type Action, type Outcome, synchronise } from '../sync/contracts';
import { red } from './output';

/** `sync <source> <destination>`: makes one folder the same as another. */
export function registerSync(program: Command): void {
  program
    .command('sync')
    .summary('make a folder the same as another')
    .description(
      'Makes the files of <destination> the same as those of <source>. What the destination has under another ' +
        'name is moved, what it lacks is copied, and what the source does not have is REMOVED from it. Files are ' +
        'told apart by their content. Links are not followed, and empty folders not copied.',
    )
    .argument('<source>', 'folder that is only read')
    .argument('<destination>', 'folder that is changed; it is made if need be')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'write one JSON document: {"actions": […], "problems": […]}')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 some files were left as they are, 2 nothing could be done.',
    )
    .action(async (source: string, destination: string, options: { dryRun?: boolean; json?: boolean }) => {
      const outcome = await synchronise(source, destination, { dryRun: options.dryRun });
      if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
      else report(outcome);
      if (outcome.problems.length > 0) process.exitCode = 1;
    });
}

function report({ actions, problems }: Outcome): void {
  for (const action of actions) process.stdout.write(`${line(action)}\n`);
  for (const { folder, path, reason } of problems) {
    process.stderr.write(`${red('left:', process.stderr)} ${folder}: ${printable(path)}: ${reason}\n`);
  }
}

function line(action: Action): string {
  return action.do === 'move'
    ? `move ${printable(action.from)} -> ${printable(action.to)}`
    : `${action.do} ${printable(action.path)}`;
}
