import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for a test, removed with what is in it. */
export class Playground {
  readonly root = mkdtempSync(join(tmpdir(), 'stock-allocation-folders-'));

  at(path: string): string {
    return join(this.root, path);
  }

  /** Makes a folder with these files: content by path. A path that ends in `/` is an empty folder. */
  plant(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
    mkdirSync(this.at(folder), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      const place = this.at(`${folder}/${path}`);
      mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(place, content);
    }
    return this.at(folder);
  }

  /** The files of a folder, content by path; links as `-> …`, empty folders as a path that ends in `/`. */
  filesIn(folder: string): Record<string, string> {
    return filesOf(this.at(folder));
  }

  /**
   * Does something as a user who is not root, for whom root would have to stand in otherwise: permissions mean
   * nothing to root.
   */
  async asOrdinaryUser(work: () => Promise<void>): Promise<void> {
    if (process.getuid?.() !== 0) return work();
    const nobody = 65534;
    for (const path of [
      this.root,
      ...readdirSync(this.root, { recursive: true, encoding: 'utf8' }).map((name) => this.at(name)),
    ]) {
      chownSync(path, nobody, nobody);
    }
    process.seteuid!(nobody);
    try {
      await work();
    } finally {
      process.seteuid!(0);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function filesOf(folder: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder)) {
    const place = join(folder, name);
    const stat = lstatSync(place);
    if (stat.isSymbolicLink()) files[prefix + name] = '-> …';
    else if (!stat.isDirectory())
      files[prefix + name] = stat.isFile() ? readFileSync(place, 'utf8') : 'special';
    else if (readdirSync(place).length === 0) files[`${prefix}${name}/`] = '';
    else Object.assign(files, filesOf(place, `${prefix}${name}/`));
  }
  return files;
}
