import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '../../scripts/check-style.mjs');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'check-style-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('what Redocly and Spectral recommend against is named with its place and its rule', () => {
  const info = { title: 'Vips', version: '1.0.0' };
  const operation = { summary: 'List VIPs', responses: { 200: { description: 7 } } };
  write('openapi.json', { openapi: '3.0.3', info, paths: { '/v1/vips': { get: operation } } });
  write('asyncapi.json', { asyncapi: '3.0.0', info, channels: {}, operations: {} });
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^openapi\.json#\/paths\/~1v1~1vips\/get.*\(Redocly, struct\)$/m);
  expect(stderr).toMatch(/^openapi\.json#\/paths\/\/v1\/vips\/get: .*\(Spectral, operation-operationId\)$/m);
  expect(stderr).toMatch(/^asyncapi\.json#\/info: .*\(Spectral, asyncapi-info-license\)$/m);
});

function write(name: string, document: object): void {
  writeFileSync(join(folder, name), JSON.stringify(document));
}
