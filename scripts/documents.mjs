// Writes openapi.json and asyncapi.json from the compiled service, and the types of the client from them; with --check it
// only says whether they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';

const require = createRequire(import.meta.url);
const { AppModule, loadConfig } = require('../dist/app.module.js');
const { describeApp } = require('../dist/http/create-app.js');
const { asyncApiDocument } = require('../dist/messaging/asyncapi.js');

// The settings of whoever runs this must not get into the documents.
const config = loadConfig({});
const api = await describeApp(config, AppModule.forRoot(config), AppModule.apis);
const messages = JSON.parse(JSON.stringify(asyncApiDocument(AppModule.messages)));
const files = {
  'openapi.json': json(api),
  'asyncapi.json': json(messages),
  'packages/client/src/generated/openapi.ts': await types(JSON.parse(json(api))),
  'packages/client/src/generated/events.ts': await types(eventsOf(messages)),
};

function json(document) {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** TypeScript of an OpenAPI document. */
async function types(document) {
  const text = astToString(await openapiTypes(document, { alphabetize: false, silent: true }));
  return `// Written by \`npm run documents\`.\n${text}`;
}

/** The data of the events that are told, as an OpenAPI document. */
function eventsOf({ info, channels, components }) {
  const names = Object.keys(channels.allocation_events.messages);
  const schemas = Object.fromEntries(names.map((name) => [name, components.schemas[name]]));
  return { openapi: '3.1.0', info, paths: {}, components: { schemas } };
}

for (const [name, text] of Object.entries(files)) {
  const file = fileURLToPath(new URL(`../${name}`, import.meta.url));
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what the service does; write it anew with: npm run documents`);
    process.exitCode = 1;
  }
}
