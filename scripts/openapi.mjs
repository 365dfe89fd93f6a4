// Writes openapi.json from the compiled service; with --check it only says whether the file is up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { AppModule } = require('../dist/app.module.js');
const { loadConfig } = require('../dist/config.js');
const { describeApp } = require('../dist/http/create-app.js');

const file = fileURLToPath(new URL('../openapi.json', import.meta.url));
// The settings of whoever runs this must not get into the document.
const config = loadConfig({});
const document = `${JSON.stringify(await describeApp(config, AppModule.forRoot(config)), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, document);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== document) {
  console.error('openapi.json is not what the service does; write it anew with: npm run openapi');
  process.exitCode = 1;
}
