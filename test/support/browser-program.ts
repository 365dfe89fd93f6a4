import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type DebianFiles, debianPackage, run } from './debian-package';

/** How to run a Chromium without a window. */
export interface BrowserProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The names that it has in distributions. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/**
 * The Chromium of this machine: the one in PATH, or else Debian's, fetched.
 * @throws Error when there is none and none can be fetched
 */
export function browserProgram(): BrowserProgram {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const installed = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (installed) return { path: installed, env: process.env };
  const program = ({ folder, env }: DebianFiles) => ({
    path: join(folder, 'usr/lib/chromium/chromium-headless-shell'),
    env,
  });
  return program(
    debianPackage('chromium-headless-shell', (files) => {
      const { path, env } = program(files);
      run(path, ['--version'], env);
    }),
  );
}
