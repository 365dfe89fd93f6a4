import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import 'reflect-metadata';
import { loadConfig } from '../../src/app.module';
import { ConfigError } from '../../src/config';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stock-allocation-modules-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function plant(path: string, ...lines: string[]): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), lines.join('\n'));
  return join(folder, path);
}

/** A class as Nest's decorator leaves it, with static members. */
const nestModule = (name: string, members = '') =>
  `exports.${name} = class ${name} { ${members} }; Reflect.defineMetadata('providers', [], exports.${name});`;

test('MODULES names files and packages, whose modules and settings are there then beside those of the service', () => {
  const vip = plant('vip.js', nestModule('VipModule'), 'exports.limit = 3;');
  const loyalty = plant(
    'node_modules/loyalty/index.js',
    'class Settings { LOYALTY_POINTS = 5; }',
    `require('${join(__dirname, '../../node_modules/class-validator')}').IsInt()(Settings.prototype, 'LOYALTY_POINTS');`,
    nestModule('LoyaltyModule', 'static settings = Settings;'),
  );
  const { modules } = loadConfig({ MODULES: ` ${vip}, ${loyalty} ,` });
  expect(modules.slice(-2).map(({ name }) => name)).toEqual(['VipModule', 'LoyaltyModule']);
  expect(loadConfig({ MODULES: loyalty, PORT: '1' })).toMatchObject({ PORT: 1, LOYALTY_POINTS: 5 });
});

describe('the start is stopped, by a message that names the module and says what to do,', () => {
  test.each<[string, string[], RegExp]>([
    ['that exports none', ['exports.limit = 3'], /exports no module: export one class with @Module\(\)/],
    ['that exports two', [nestModule('One'), nestModule('Two')], /exports 2 modules/],
    ['that throws', ['throw new Error("no luck")'], /cannot be loaded: no luck/],
    ['whose settings are no class', [nestModule('Vip', 'static settings = {};')], /class Vip has `settings`/],
    [
      'whose settings are not checked',
      [nestModule('Vip', 'static settings = class {};')],
      /class Vip has `settings`.*decorate each setting/,
    ],
    [
      'whose migrations have no time in their names',
      [nestModule('Vip', 'static migrations = [class Vips {}];')],
      /class Vip has `migrations`.*13 digits.*rename them/,
    ],
    ['whose views are none', [nestModule('Vip', `static views = [{ name: 'vips' }];`)], /`views` without/],
    [
      'whose panels have a scope that there is none of',
      [
        nestModule(
          'Vip',
          `static panels = [{ name: 'vips', title: 'VIPs', scope: 'vips', file: __filename }];`,
        ),
      ],
      /`panels` without.*see Panel/,
    ],
    [
      'whose panels have a file that is not there',
      [
        nestModule(
          'Vip',
          `static panels = [{ name: 'vips', title: 'VIPs', scope: 'read', file: './none.js' }];`,
        ),
      ],
      /`panels` without.*a `file` that is there/,
    ],
  ])('by a file %s', (_what, lines, message) => {
    const file = plant('vip.js', ...lines);
    const loading = () => loadConfig({ MODULES: file });
    expect(loading).toThrow(ConfigError);
    expect(loading).toThrow(message);
    expect(loading).toThrow(`MODULES names ${file}, `);
  });

  test('by one that is not installed', () => {
    expect(() => loadConfig({ MODULES: '@example/none' })).toThrow(
      `MODULES names @example/none, which is not installed in ${process.cwd()}: install it there`,
    );
  });

  test('by one that would import another copy of the service, whose events are of other classes', () => {
    const copy = plant('node_modules/stock-allocation/package.json', '{"name":"stock-allocation"}');
    const file = plant('vip.js', nestModule('VipModule'));
    expect(() => loadConfig({ MODULES: file })).toThrow(`finds another copy of the service (${copy})`);
  });
});
