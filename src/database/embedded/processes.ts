import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Says what a process was started with: program and arguments, each followed by a blank.
 *
 * @returns an empty text when no such process runs (a zombie does not), undefined where this cannot be found out
 */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  // POSIX ps, for systems without /proc. Windows has neither.
  const { error, stdout } = spawnSync('ps', ['-ww', '-o', 'stat=', '-o', 'args=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  if (error) return undefined;
  const [, state = 'Z', command = ''] = /^\s*(\S+)\s+(.*)/.exec(stdout) ?? [];
  return state.startsWith('Z') ? '' : `${command} `;
}
