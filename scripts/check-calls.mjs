// Names all that a call of the HTTP interface, a setting or a step of the schema still needs, in the folder given as
// argument (default: this one): what the tests would tell one after the other. Needs openapi.json and, for settings and
// steps of the schema, the compiled service.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? '.');
const read = (file) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
const api = JSON.parse(read('openapi.json'));
const API_HTTP = 'api.http';
const EXAMPLES = 'test/e2e/http-openapi.spec.ts';
/** It takes a dead letter, which nobody can make by hand. */
const NOT_SHOWN = '/v1/dead-letters/{handler}/{eventId}/replay';

const calls = Object.entries(api.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const problems = [...calls.flatMap(missingOfCall), ...missingOfRooms(), ...missingOfService()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log('Every call has all that it needs');

/** What is missing of a call. */
function missingOfCall({ path, method, operation }) {
  const {
    operationId,
    summary = '',
    description,
    tags = [],
    parameters = [],
    requestBody,
    responses,
  } = operation;
  const statuses = Object.keys(responses).map(Number);
  const missing = [
    [
      /^[A-Z].{5,}[^.]$/.test(summary),
      '@ApiOperation({ summary }): a sentence with a capital and without a full stop',
    ],
    [Boolean(description), '@ApiOperation({ description }): what is worth knowing of it'],
    [tags.length === 1, '@ApiTags: one'],
    ...tags.map((tag) => [
      (api.tags ?? []).some(({ name }) => name === tag),
      `a description of the tag ${tag}: \`tags\` of its module's \`api\``,
    ]),
    [
      statuses.some((status) => status >= 200 && status < 300 && isDescribed(responses[status])),
      '@ApiResponse: what it answers, with a description',
    ],
    [
      path.startsWith('/health') || parameters.length + (requestBody ? 1 : 0) === 0 || statuses.includes(400),
      '@ApiProblems: what it refuses, and which types of problems it answers',
    ],
    ...parameters
      .filter((parameter) => parameter.in === 'path' || parameter.required)
      .map((parameter) => [
        (parameter.example ?? parameter.schema?.example) !== undefined,
        `an example of the parameter ${parameter.name}: use a decorator of src/http/requests/fields.ts`,
      ]),
    ...fieldsWithoutExample(requestBody).map((field) => [
      false,
      `an example of the field ${field}: use a decorator of src/http/requests/fields.ts`,
    ]),
    [
      path === NOT_SHOWN || isShown(method, path),
      `a request in ${API_HTTP}: "### What it does", then "${method} {{base}}${path}"`,
    ],
    [
      new RegExp(`\\['${operationId}', \\d+\\]`).test(read(EXAMPLES)),
      `the status that its example is answered with, in ${EXAMPLES}: ['${operationId}', 200]`,
    ],
  ];
  return missing
    .filter(([isThere]) => !isThere)
    .map(([, what]) => `${method} ${path} (${operationId}) lacks ${what}`);
}

function isDescribed(response) {
  return Boolean(response.$ref || response.description);
}

function isShown(method, path) {
  const pattern = path.replace(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^\\s?]+');
  return new RegExp(`^${method} \\{\\{base\\}\\}${pattern}(\\?|\\s*$)`, 'm').test(read(API_HTTP));
}

/** Fields of a body without an example, by which the page at /docs would send something else than is wanted. */
function fieldsWithoutExample(requestBody) {
  const schema = requestBody?.content?.['application/json']?.schema;
  return schema ? withoutExample(schema, '') : [];
}

function withoutExample(schema, name) {
  const { example, items, properties, type, allOf } = resolved(schema);
  if (example !== undefined) return [];
  if (items) return withoutExample(items, `${name}[]`);
  if (allOf) return allOf.flatMap((part) => withoutExample(part, name));
  if (properties)
    return Object.entries(properties).flatMap(([key, value]) =>
      withoutExample(value, name ? `${name}.${key}` : key),
    );
  return type === 'object' ? [] : [name];
}

function resolved(schema) {
  return schema.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema;
}

/** Rooms of the source that the README's table of rooms does not have. */
function missingOfRooms() {
  const rooms = existsSync(join(folder, 'src'))
    ? readdirSync(join(folder, 'src'), { withFileTypes: true })
    : [];
  return rooms
    .filter((entry) => entry.isDirectory() && !read('README.md').includes(`\`src/${entry.name}`))
    .map(({ name }) => `src/${name} is not in the table of rooms of README.md`);
}

/** Settings that are not told everywhere, and steps of the schema that no module lists. */
function missingOfService() {
  if (!existsSync(join(folder, 'dist/app.module.js'))) return [];
  const require = createRequire(join(folder, 'package.json'));
  const { AppModule } = require('./dist/app.module.js');
  const { getMetadataStorage } = require('class-validator');
  const settings = new Set(
    AppModule.settings.flatMap((type) =>
      getMetadataStorage()
        .getTargetValidationMetadatas(type, type.name, false, false)
        .map(({ propertyName }) => propertyName),
    ),
  );
  const listed = new Set(AppModule.migrations.map(({ name }) => name.slice(-13)));
  return [
    ...[...settings].flatMap((name) => [
      ...(read('README.md').includes(`\n| \`${name}\` |`)
        ? []
        : [`${name} has no row in the README's table of settings`]),
      ...(new RegExp(`^# ${name}=`, 'm').test(read('.env.example'))
        ? []
        : [`${name} is not in .env.example: "# ${name}=<default>"`]),
      ...(read('docker-compose.yml').includes(`\n      ${name}: `)
        ? []
        : [`${name} is not handed on by docker-compose.yml: "${name}: \${${name}:-<default>}"`]),
    ]),
    ...readdirSync(join(folder, 'src'), { recursive: true })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => /\/migrations\/\d{13}-[^/]+\.ts$/.test(path))
      .filter((path) => !listed.has(/\/(\d{13})-/.exec(path)[1]))
      .map((path) => `src/${path} is in the \`migrations\` of no module`),
  ];
}
