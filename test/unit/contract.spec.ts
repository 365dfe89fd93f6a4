import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2030-01-01\n\n- The first one.\n';

/** A document of OpenAPI or AsyncAPI, to change something in it. */
type Document = ReturnType<typeof JSON.parse>;
const read = (path: string): Document => JSON.parse(readFileSync(path, 'utf8'));

let folder: string;
beforeEach(prepareFolder);
afterEach(() => rmSync(folder, { recursive: true }));

/** A repository in which nothing has changed since the last release. */
function prepareFolder(): void {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  mkdirSync(join(folder, 'contract'));
  for (const file of ['openapi.json', 'asyncapi.json'])
    cpSync(join(root, file), join(folder, 'contract', file));
  write('CHANGELOG.md', CHANGELOG);
  change(() => {});
}

function write(file: string, content: string | object): void {
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
}

/** Makes the documents of the folder those of the repository, changed. */
function change(how: (api: Document, messages: Document) => void): void {
  const [api, messages] = ['openapi.json', 'asyncapi.json'].map((file) => read(join(root, file)));
  how(api, messages);
  write('openapi.json', api);
  write('asyncapi.json', messages);
}

function run(script: string): { status: number | null; stdout: string; findings: string[] } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), folder], {
    encoding: 'utf8',
  });
  return { status, stdout, findings: stderr.split('\n').filter((line) => line.startsWith('- ')) };
}
const check = () => run('scripts/check-contract.mjs');
const fields = (api: Document, schema: string): Document => api.components.schemas[schema].properties;
const called = (api: Document, path: string, method = 'get'): Document => api.paths[path][method];

/** Changes that break clients of the last release, and what is said of each. */
const breaking: [string, (api: Document, messages: Document) => void, string][] = [
  ['a call is gone', (api) => delete api.paths['/v1/out-of-stock'], '`GET /v1/out-of-stock` is gone'],
  [
    'a call asks for another scope',
    (api) => (called(api, '/v1/skus')['x-required-scope'] = 'stock'),
    '`GET /v1/skus` `scope` stock is asked for instead of read',
  ],
  [
    'a call has another name',
    (api) => (called(api, '/v1/skus').operationId = 'allSkus'),
    '`GET /v1/skus` `operationId` is allSkus instead of listSkus, by which generated clients call it',
  ],
  [
    'a parameter is gone',
    (api) => called(api, '/v1/waiting').parameters.splice(1, 1),
    '`GET /v1/waiting` `limit` is not taken any more',
  ],
  [
    'a parameter must be there',
    (api) => (called(api, '/v1/keys').parameters[1].required = true),
    '`GET /v1/keys` `after` must be there now',
  ],
  [
    'a new parameter must be there',
    (api) =>
      called(api, '/v1/skus').parameters.push({ name: 'shop', in: 'header', required: true, schema: {} }),
    '`GET /v1/skus` `shop` must be there now',
  ],
  [
    'a default is another',
    (api) => (called(api, '/v1/skus').parameters[0].schema.default = 10),
    '`GET /v1/skus` `limit` is 10 instead of 100 when it is left out',
  ],
  [
    'a status is answered no more',
    (api) => delete called(api, '/v1/orders', 'post').responses[201],
    '`POST /v1/orders` `201` is not answered any more',
  ],
  [
    'success has another status',
    (api) => (called(api, '/v1/skus').responses[206] = { description: 'Some.' }),
    '`GET /v1/skus` `206` may be answered now',
  ],
  [
    'an answer has another media type',
    (api) => {
      const { content } = called(api, '/v1/skus').responses[200];
      content['text/csv'] = content['application/json'];
      delete content['application/json'];
    },
    '`GET /v1/skus` `200` is no application/json any more',
  ],
  [
    'a header is gone',
    (api) => delete called(api, '/v1/allocations', 'post').responses[202].headers.Location,
    '`POST /v1/allocations` `202 Location` is gone',
  ],
  [
    'a type of problem is gone',
    (api) => (api.info.description = api.info.description.replace('| `/problems/dispatched` |', '| gone |')),
    '`/problems/dispatched` is gone',
  ],
  ['a field of an answer is gone', (api) => delete fields(api, 'BatchView').eta, '`BatchView` `eta` is gone'],
  [
    'a field of an answer may be missing',
    (api) => api.components.schemas.BatchView.required.splice(0, 1),
    '`BatchView` `ref` may be left out now',
  ],
  [
    'a field of an answer may be null',
    (api) => (fields(api, 'BatchView').ref.nullable = true),
    '`BatchView` `ref` may be null now',
  ],
  [
    'a field of an answer has another type',
    (api) => (fields(api, 'BatchView').sequence.type = 'string'),
    '`BatchView` `sequence` may be string now',
  ],
  [
    'a field of an answer has a new value',
    (api) => fields(api, 'LineView').state.enum.push('lost'),
    '`LineView` `state` may be "lost" now',
  ],
  [
    'a field of an answer has another form',
    (api) => (fields(api, 'WebhookView').createdAt.format = 'date'),
    '`WebhookView` `createdAt` has another format: "date" instead of "date-time"',
  ],
  [
    'a field of a request is not taken any more',
    (api) => delete fields(api, 'LineRequest').priority,
    '`LineRequest` `priority` is not taken any more',
  ],
  [
    'a field of a request must be there',
    (api) => api.components.schemas.LineRequest.required.push('wait'),
    '`LineRequest` `wait` must be there now',
  ],
  [
    'a field of a request may not be null any more',
    (api) => (fields(api, 'BatchRequest').eta.nullable = false),
    '`BatchRequest` `eta` may not be null any more',
  ],
  [
    'a field of a request takes fewer values',
    (api) => fields(api, 'AdjustmentRequest').reason.enum.splice(0, 1),
    '`AdjustmentRequest` `reason` may not be "damaged" any more',
  ],
  [
    'a field of a request has narrower bounds',
    (api) => (fields(api, 'LineRequest').qty.maximum = 1000),
    '`LineRequest` `qty` has another maximum: 1000 instead of 2147483647',
  ],
  [
    'a field within a list is gone',
    (api) => {
      const { schema } = called(api, '/v1/waiting').responses[200].content['application/json'];
      schema.$ref = '#/components/schemas/WaitingPage2';
      api.components.schemas.WaitingPage2 = { type: 'object', required: ['items', 'next'], properties: {} };
      api.components.schemas.WaitingPage2.properties.items = {
        type: 'array',
        items: { $ref: '#/components/schemas/WaitingView' },
      };
    },
    '`WaitingPage` `next` is gone',
  ],
  [
    'a channel is gone',
    (_, messages) => delete messages.operations.receive_line_cancelled,
    '`line_cancelled` is gone',
  ],
  [
    'an event is told no more',
    (_, messages) => delete messages.channels.allocation_events.messages.Reserved,
    '`allocation_events` `Reserved` is gone',
  ],
  [
    'a message that is sent to the service must say more',
    (_, messages) => messages.components.schemas.line_ordered.required.push('priority'),
    '`line_ordered` `priority` must be there now',
  ],
  [
    'an event says less',
    (_, messages) => delete messages.components.schemas.Allocated.properties.eta,
    '`Allocated` `eta` is gone',
  ],
];

/** Changes that break nobody. */
const harmless: [string, (api: Document, messages: Document) => void][] = [
  ['a new call', (api) => (api.paths['/v1/shops'] = { get: called(api, '/v1/skus') })],
  ['a new field of an answer', (api) => (fields(api, 'BatchView').colour = { type: 'string' })],
  ['a field that is always there now', (api) => api.components.schemas.LineView.required.push('place')],
  ['a new field of a request', (api) => (fields(api, 'LineRequest').colour = { type: 'string' })],
  ['a field of a request need not be there', (api) => api.components.schemas.LineRequest.required.pop()],
  ['a request takes more values', (api) => fields(api, 'AdjustmentRequest').reason.enum.push('eaten')],
  ['a request has wider bounds', (api) => (fields(api, 'BulkLines').items.maxItems = 5000)],
  ['less is refused', (api) => delete called(api, '/v1/orders', 'post').responses[422]],
  ['a call asks for no key', (api) => (called(api, '/v1/skus')['x-required-scope'] = 'public')],
  ['a call is deprecated', (api) => (called(api, '/v1/skus').deprecated = true)],
  [
    'an event says more',
    (_, messages) => (messages.components.schemas.Allocated.properties.colour = { type: 'string' }),
  ],
];

describe('what breaks clients of the last release', () => {
  let result: ReturnType<typeof check>;
  // All at once: the documents are large.
  beforeAll(() => {
    prepareFolder();
    change((api, messages) => breaking.forEach(([, how]) => how(api, messages)));
    result = check();
    rmSync(folder, { recursive: true });
  });

  test.each(breaking)('fails the check: %s', (_name, _how, finding) => {
    expect(result).toMatchObject({
      status: 1,
      findings: expect.arrayContaining([`- **Breaking:** ${finding}`]),
    });
  });

  test('is all that the check names', () => {
    expect(result.findings).toHaveLength(breaking.length);
  });
});

test(`what breaks nobody passes: ${harmless.map(([name]) => name).join(', ')}`, () => {
  change((api, messages) => harmless.forEach(([, how]) => how(api, messages)));
  expect(check()).toEqual({ status: 0, stdout: expect.stringContaining('Nothing breaks'), findings: [] });
});

test('a change that is declared in the changelog passes, and no other does', () => {
  change((api) => {
    delete fields(api, 'BatchView').eta;
    delete fields(api, 'BatchView').ref;
  });
  const declare = (entry: string) =>
    write('CHANGELOG.md', CHANGELOG.replace('\n\n## [0.1.0]', `\n\n${entry}\n\n## [0.1.0]`));
  declare(
    '### Changed\n\n- **Breaking:** `BatchView`\n  `eta` is gone; read `arrivesAt`.\n- `BatchView` `ref` is gone.',
  );
  expect(check().findings).toEqual(['- **Breaking:** `BatchView` `ref` is gone']);
  declare('- **Breaking:** `BatchView` `eta` and `ref` are gone.');
  expect(check().status).toBe(0);
  // What was declared for a release before is no news.
  write('CHANGELOG.md', `${CHANGELOG}- **Breaking:** \`BatchView\` \`eta\` and \`ref\` are gone.\n`);
  expect(check().findings).toHaveLength(2);
});

test('the data of an event is never another under the same version, declared or not', () => {
  write(
    'CHANGELOG.md',
    CHANGELOG.replace('\n\n## [0', '\n\n- **Breaking:** `Allocated` `eta` `schemaVersion`\n\n## [0'),
  );
  const cut = (messages: Document) => delete messages.components.schemas.Allocated.properties.eta;
  change((_, messages) => cut(messages));
  expect(check().status).toBe(1);
  change((_, messages) => {
    cut(messages);
    messages.components.messages.Allocated.payload.properties.schemaVersion.const = '9';
  });
  expect(check().status).toBe(0);
});

describe('a release', () => {
  const release = () => run('scripts/release.mjs');
  const prepare = (version: string, entries: string) => {
    write('package.json', { version });
    write('CHANGELOG.md', CHANGELOG.replace('\n\n## [0.1.0]', `\n\n${entries}\n\n## [0.1.0]`));
    change((api, messages) => (api.info.version = messages.info.version = version));
  };

  test('makes the documents of today those to compare with, and gives the entries of the changelog its version', () => {
    prepare('0.1.1', '- More.');
    change((api, messages) => {
      api.info.version = messages.info.version = '0.1.1';
      delete fields(api, 'BatchView').eta;
    });
    expect(release()).toMatchObject({ status: 0, stdout: expect.stringContaining('0.1.1 is ready') });
    expect(check().status).toBe(0);
    expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toMatch(
      /^## \[Unreleased\]\n\n## \[0\.1\.1\] - \d{4}-\d\d-\d\d\n\n- More\.\n\n## \[0\.1\.0\]/m,
    );
  });

  test.each([
    ['is refused under the version of the last one', '0.1.0', '- More.', 1],
    ['is refused when the changelog says nothing', '0.1.1', '', 1],
    [
      'that breaks clients is refused under a version that promises not to',
      '0.1.1',
      '- **Breaking:** all',
      1,
    ],
    ['that breaks clients has a version that says so', '0.2.0', '- **Breaking:** all', 0],
    ['that breaks clients may be a new major version', '1.0.0', '- **Breaking:** all', 0],
  ])('%s', (_name, version, entries, status) => {
    prepare(version, entries);
    expect(release().status).toBe(status);
  });
});

test('the documents are of the version of the package, and so is the client', () => {
  const { version } = read(join(root, 'package.json'));
  const client = read(join(root, 'packages/client/package.json'));
  const documents = ['openapi.json', 'asyncapi.json'].map((file) => read(join(root, file)).info);
  expect([client, ...documents]).toEqual(Array(3).fill(expect.objectContaining({ version })));
});
