import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What package.json says of the service. */
export const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
  readonly version: string;
  readonly description: string;
  readonly license: 'MIT';
  readonly author: string;
};

/** What the documents of HTTP and of messages have in common: they are of the version of the package. */
export const documentInfo = {
  version: manifest.version,
  contact: { name: manifest.author },
  license: { name: manifest.license, url: 'https://opensource.org/license/mit' },
};
