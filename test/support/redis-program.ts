import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type DebianFiles, debianPackage, run } from './debian-package';

/** How to run a redis-server. */
export interface RedisProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The redis-server of this machine: the one in PATH, or else Debian's, fetched.
 * @throws Error when there is none and none can be fetched
 */
export function redisProgram(): RedisProgram {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path));
  if (installed) return { path: installed, env: process.env };
  const program = ({ folder, env }: DebianFiles) => ({ path: join(folder, 'usr/bin/redis-server'), env });
  return program(
    debianPackage('redis-server', (files) => {
      const { path, env } = program(files);
      run(path, ['--version'], env);
    }),
  );
}
