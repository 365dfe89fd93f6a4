import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Says when a process began, as a text to compare, which tells it from a later process with the same id.
 *
 * @returns undefined when no such process runs (a zombie does not), and where this cannot be found out
 */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = readProc(pid, 'stat');
    // proc(5): field 2, the name in parentheses, may hold anything; field 3 is the state, field 22 the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 'ZX'.includes(fields[0]) ? undefined : fields[19];
  }
  const [state = '', ...start] = (ps(pid, 'stat=', 'lstart=') ?? '').split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : start.join(' ');
}

/**
 * Says what a process was started with: program and arguments, each followed by a blank.
 *
 * @returns an empty text when no such process runs, undefined where this cannot be found out
 */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    return readProc(pid, 'cmdline').replaceAll('\0', ' ');
  }
  const line = ps(pid, 'args=');
  return line && `${line} `;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** POSIX ps, for systems without /proc. Windows has neither. */
function ps(pid: number, ...columns: string[]): string | undefined {
  const { error, stdout } = spawnSync(
    'ps',
    ['-ww', ...columns.flatMap((column) => ['-o', column]), '-p', String(pid)],
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    },
  );
  return error ? undefined : stdout.trim();
}
