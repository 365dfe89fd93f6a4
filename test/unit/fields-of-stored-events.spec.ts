import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventSchemas, frozenFields, readEvent } from '../../src/allocation/application/event-schemas';
import type { EventType } from '../../src/allocation/domain/events';

/** Marks what a field held when it was stored; an upcaster that touches it shows. */
const stored = Object.fromEntries(frozenFields.map((name) => [name, `${name} as stored`]));

const src = join(__dirname, '../../src');
const release = JSON.parse(readFileSync(join(__dirname, '../../contract/asyncapi.json'), 'utf8')) as {
  components: { schemas: Record<string, { properties: object }> };
};
const types = Object.keys(eventSchemas) as EventType[];

const frozenIn = (properties: object) => frozenFields.filter((name) => Object.hasOwn(properties, name));

test('statements read no other fields of stored events than those that are frozen, and each of these', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const read = files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/\bdata\s*->>?\s*'([^']*)'/g)].map(([, name]) => name),
  );
  expect([...new Set(read)].sort()).toEqual([...frozenFields].sort());
});

describe.each(types)('%s', (type) => {
  const { version, properties } = eventSchemas[type];

  test('still has the frozen fields that it had in the last release', () => {
    const before = release.components.schemas[type]?.properties ?? {};
    expect(frozenIn(properties)).toEqual(expect.arrayContaining(frozenIn(before)));
  });

  test('of any version keeps the frozen fields as they were stored', () => {
    for (let of = 1; of <= version; of += 1) {
      const event = readEvent(type, of, stored) as unknown as Record<string, unknown>;
      for (const name of frozenIn(properties)) expect(event[name]).toBe(stored[name]);
    }
  });
});
