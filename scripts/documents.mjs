// Writes openapi.json and asyncapi.json from the compiled service; with --check it only says whether they are
// up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { AppModule, loadConfig } = require('../dist/app.module.js');
const { describeApp } = require('../dist/http/create-app.js');
const { asyncApiDocument } = require('../dist/messaging/asyncapi.js');

// The settings of whoever runs this must not get into the documents.
const config = loadConfig({});
const documents = {
  'openapi.json': await describeApp(config, AppModule.forRoot(config), AppModule.apis),
  'asyncapi.json': asyncApiDocument(AppModule.messages),
};

for (const [name, content] of Object.entries(documents)) {
  const file = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what the service does; write it anew with: npm run documents`);
    process.exitCode = 1;
  }
}
