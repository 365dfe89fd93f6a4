import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '../../scripts/check-calls.mjs');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'check-calls-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function check(
  operation: object,
  files: Record<string, string>,
): { status: number | null; output: string[] } {
  const api = { paths: { '/v1/vips/{id}': { get: operation } }, tags: [{ name: 'Vips' }], components: {} };
  for (const [path, text] of Object.entries({ ...files, 'openapi.json': JSON.stringify(api) })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, output: (stdout + stderr).trim().split('\n') };
}

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

test('a call that has all that it needs passes', () => {
  const operation = {
    operationId: 'getVip',
    summary: 'Look at a VIP',
    description: 'Since when, too.',
    tags: ['Vips'],
    parameters: [{ ...id, example: 'ann' }],
    responses: { 200: { description: 'The VIP.' }, 400: { description: 'Bad request.' } },
  };
  const files = {
    'api.http': '### One VIP\nGET {{base}}/v1/vips/ann\n',
    'test/e2e/http-openapi.spec.ts': `['getVip', 200],`,
    'src/vips/vips.module.ts': '',
    'README.md': '| `src/vips` | who is a VIP |',
  };
  expect(check(operation, files)).toEqual({ status: 0, output: ['Every call has all that it needs'] });
});

test('all that a call lacks is named at once, and what to do about it', () => {
  const operation = {
    operationId: 'getVip',
    summary: 'a VIP.',
    tags: ['People'],
    parameters: [id],
    requestBody: {
      content: { 'application/json': { schema: { properties: { since: { type: 'string' } } } } },
    },
    responses: { 404: { description: 'None.' } },
  };
  const { status, output } = check(operation, { 'api.http': '', 'src/vips/vips.module.ts': '' });
  expect(status).toBe(1);
  const call = 'GET /v1/vips/{id} (getVip) lacks';
  expect(output).toEqual([
    `${call} @ApiOperation({ summary }): a sentence with a capital and without a full stop`,
    `${call} @ApiOperation({ description }): what is worth knowing of it`,
    `${call} a description of the tag People: \`tags\` of its module's \`api\``,
    `${call} @ApiResponse: what it answers, with a description`,
    `${call} @ApiProblems: what it refuses, and which types of problems it answers`,
    `${call} an example of the parameter id: use a decorator of src/http/requests/fields.ts`,
    `${call} an example of the field since: use a decorator of src/http/requests/fields.ts`,
    `${call} a request in api.http: "### What it does", then "GET {{base}}/v1/vips/{id}"`,
    `${call} the status that its example is answered with, in test/e2e/http-openapi.spec.ts: ['getVip', 200]`,
    'src/vips is not in the table of rooms of README.md',
  ]);
});
