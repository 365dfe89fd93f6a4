import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getMetadataStorage } from 'class-validator';
import { parse as parseEnv } from 'dotenv';
import { parse as parseYaml } from 'yaml';
import { AppModule, loadConfig } from '../../src/app.module';

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');

/** Every setting with its default; undefined for those that are absent by default. */
const settings = (() => {
  const { modules: _, ...defaults }: Partial<Record<string, unknown>> = loadConfig({});
  const validated = AppModule.settings.flatMap((type) =>
    getMetadataStorage().getTargetValidationMetadatas(type, type.name, false, false),
  );
  const names = new Set([...validated.map(({ propertyName }) => propertyName), ...Object.keys(defaults)]);
  return new Map([...names].map((name) => [name, defaults[name]?.toString()]));
})();
const names = [...settings.keys()].toSorted();

test('the settings are those of all modules', () => {
  expect(names).toEqual(expect.arrayContaining(['PORT', 'HOST', 'DATABASE_URL', 'SMTP_URL']));
  expect(settings.get('PORT')).toBe('3000');
  expect(settings.get('DATABASE_URL')).toBeUndefined();
});

describe('.env.example', () => {
  const lines = read('.env.example').split('\n');
  const stated = parseEnv(lines.map((line) => line.replace(/^# (?=[A-Z_]+=)/, '')).join('\n'));

  test('names each setting and no other', () => {
    expect(Object.keys(stated).toSorted()).toEqual(names);
  });

  test.each([...settings])('states the default of %s', (name, value) => {
    expect(stated[name]).toBe(value ?? '');
  });

  test('changes nothing when it is copied as it is', () => {
    expect(parseEnv(lines.join('\n'))).toEqual({});
  });
});

describe('docker-compose.yml', () => {
  const compose = parseYaml(read('docker-compose.yml')) as {
    services: { service: { environment: Record<string, string | number> } };
  };
  const { environment } = compose.services.service;
  /** What is so because the service runs in a container, whatever it is outside. */
  const inContainer: Partial<Record<string, string>> = { PORT: '3000', HOST: '0.0.0.0', DATA_DIR: '/data' };

  test('names each setting and no other', () => {
    expect(Object.keys(environment).toSorted()).toEqual(names);
  });

  test.each([...settings].filter(([, value]) => value !== undefined))(
    'hands on %s, or its default',
    (name, value) => {
      expect(String(environment[name])).toBe(inContainer[name] ?? `\${${name}:-${value}}`);
    },
  );

  test('connects the service with values that it accepts', () => {
    const whenNothingIsSet = Object.entries(environment).map(([name, value]) => [
      name,
      String(value).replace(/\$\{\w+:-(.*?)\}/g, '$1'),
    ]);

    expect(loadConfig(Object.fromEntries(whenNothingIsSet))).toEqual({
      ...loadConfig({}),
      ...inContainer,
      PORT: 3000,
      DATABASE_URL: expect.stringContaining('@postgres:5432/'),
      REDIS_URL: 'redis://redis:6379',
      SMTP_URL: 'smtp://mail:1025',
    });
  });
});

describe('README.md', () => {
  /** Rows such as "| `PORT` | 3000 | where HTTP listens |", by setting. */
  const table = () =>
    new Map(
      [...read('README.md').matchAll(/^\| `([A-Z][A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name, cell]) => [
        name,
        cell,
      ]),
    );

  test('has a row for each setting and for no other', () => {
    expect([...table().keys()].toSorted()).toEqual(names);
  });

  test.each([...settings])('states the default of %s', (name, value) => {
    const stated = table().get(name)?.replaceAll('`', '').trim();
    if (value === undefined) {
      expect(stated).toMatch(/^none\b/);
    } else {
      expect(stated).toBe(value);
    }
  });
});
