import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import type { Panel } from '../panel';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where the page looks for packages: what `import` names, and the file of the package that it is. */
const PACKAGES = {
  preact: 'preact/dist/preact.mjs',
  'preact/hooks': 'preact/hooks/dist/hooks.mjs',
  htm: 'htm/dist/htm.mjs',
} as const;

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * The files of the board, as they lie in the repository and in packages: read once, and held ready. They are served under
 * a version that changes with any of them, so that a browser keeps them for good.
 */
export class PageFiles {
  readonly version: string;
  /** The page itself. */
  readonly html: string;
  /** What the page may load and do: from its own origin alone, and no script but the files and one map of packages. */
  readonly policy: string;
  private readonly files = new Map<string, PageFile>();

  /** @param panels that modules add */
  constructor(panels: readonly Panel[]) {
    const folder = join(__dirname, '../page');
    const pages = readdirSync(folder).filter((name) => extname(name) in TYPES);
    for (const name of pages) this.add(name, join(folder, name));
    for (const path of Object.values(PACKAGES)) this.add(basename(path), packageFile(path));
    for (const { name, file } of panels) this.add(`panel-${name}.js`, file);
    const hash = createHash('sha256');
    for (const [name, { bytes }] of this.files) hash.update(name).update(bytes);
    this.version = hash.digest('base64url').slice(0, 12);

    const at = (name: string) => `./board/assets/${this.version}/${name}`;
    const imports = Object.entries(PACKAGES).map(([name, path]) => [name, at(basename(path))]);
    const map = JSON.stringify({ imports: Object.fromEntries(imports) as Record<string, string> });
    const scripts = [...this.files.keys()].filter(
      (name) => /\.m?js$/.test(name) && !name.startsWith('panel-'),
    );
    this.html = readFileSync(join(folder, 'board.html'), 'utf8')
      .replaceAll('{{assets}}', at('').slice(0, -1))
      // The policy allows this very text, without a blank around it.
      .replace(/\s*{{imports}}\s*/, map)
      .replace(
        '{{preload}}',
        scripts.map((name) => `<link rel="modulepreload" href="${at(name)}">`).join('\n'),
      );
    this.policy = [
      "default-src 'none'",
      `script-src 'self' 'sha256-${createHash('sha256').update(map).digest('base64')}'`,
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; ');
  }

  /** @returns undefined when there is no file of that name */
  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }

  /** How much a browser loads for the board without panels, in bytes, not compressed. */
  get size(): number {
    const files = [...this.files].filter(([name]) => !name.startsWith('panel-'));
    return files.reduce((sum, [, { bytes }]) => sum + bytes.length, Buffer.byteLength(this.html));
  }

  private add(name: string, path: string): void {
    const type = TYPES[extname(name).replace('.mjs', '.js')];
    this.files.set(name, { type, bytes: readFileSync(path) });
  }
}

/** The path of a file in a package, which its `exports` may hide from `require`. */
function packageFile(path: string): string {
  const [name] = path.split('/');
  for (const folder of createRequire(__filename).resolve.paths(name) ?? []) {
    const file = join(folder, path);
    try {
      readFileSync(file);
      return file;
    } catch {
      // The package lies in a folder further up.
    }
  }
  throw new Error(`${path} is missing for the board: run npm ci in ${dirname(__dirname)}`);
}
