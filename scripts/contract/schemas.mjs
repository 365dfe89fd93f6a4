// Compares schemas of two versions of a document, for what would break whoever relies on the older one.

/**
 * @typedef {'request' | 'answer'} Direction whether others send it to the service, or the service to them
 * @typedef {object} Finding something that breaks others
 * @property {string} where a call, a channel or the name of a schema
 * @property {string} part which part of it: a field such as `items[].eta`, a status; '' for all of it
 * @property {string} what what became of it
 */

/** What limits the values of a schema, and whether a larger number lets fewer of them through (1) or more (-1). */
const BOUNDS = {
  ...{ minimum: 1, exclusiveMinimum: 1, minLength: 1, minItems: 1, minProperties: 1 },
  ...{ maximum: -1, exclusiveMaximum: -1, maxLength: -1, maxItems: -1, maxProperties: -1 },
};
/** What cannot be told to be wider or narrower, but only whether it is there and whether it is the same. */
const OPAQUE = ['format', 'pattern', 'not', 'uniqueItems', 'oneOf', 'anyOf', 'contentMediaType'];

/** Compares the schemas of two documents, each pair of named ones once. */
export class SchemaComparison {
  /** @type {Finding[]} */
  findings = [];
  seen = new Set();

  /** @param before the document of the last release @param now that of today */
  constructor(before, now) {
    this.before = before;
    this.now = now;
  }

  /**
   * @param {Direction} direction
   * @param {string} where it is used
   * @param {string} part
   */
  compare(before, now, direction, where, part = '') {
    if (before === undefined || now === undefined) return;
    const name = before.$ref?.split('/').at(-1);
    if (name) {
      // What breaks a named schema breaks whatever uses it, and is told once, under its name.
      const pair = JSON.stringify([before.$ref, now.$ref ?? now, direction]);
      if (this.seen.has(pair)) return;
      this.seen.add(pair);
      [where, part] = [name, ''];
    }
    const [old, fresh] = [flat(before, this.before), flat(now, this.now)];
    const tell = (what, field = part) => this.findings.push({ where, part: field, what });
    this.#compareTypes(old, fresh, direction, tell);
    this.#compareLimits(old, fresh, direction, tell);
    this.#compareFields(old, fresh, direction, where, part);
    this.compare(old.items, fresh.items, direction, where, `${part}[]`);
    this.compare(old.contentSchema, fresh.contentSchema, direction, where, part);
    if (typeof old.additionalProperties === 'object' && typeof fresh.additionalProperties === 'object')
      this.compare(old.additionalProperties, fresh.additionalProperties, direction, where, `${part}.*`);
  }

  #compareTypes(old, fresh, direction, tell) {
    const [types, valuesBefore] = [typesOf(old), old.enum];
    const typesNow = typesOf(fresh);
    const [taken, lost] = direction === 'request' ? [typesNow, types] : [types, typesNow];
    const gone = lost.filter(
      (type) => !taken.includes(type) && !(type === 'integer' && taken.includes('number')),
    );
    for (const type of gone)
      tell(direction === 'request' ? `may not be ${type} any more` : `may be ${type} now`);
    if (direction === 'request') {
      if (!valuesBefore && fresh.enum) tell(`may only be one of ${fresh.enum.join(', ')} now`);
      for (const value of missing(valuesBefore, fresh.enum))
        tell(`may not be ${JSON.stringify(value)} any more`);
    } else {
      if (valuesBefore && !fresh.enum) tell('may be any value now');
      for (const value of missing(fresh.enum, valuesBefore)) tell(`may be ${JSON.stringify(value)} now`);
    }
  }

  #compareLimits(old, fresh, direction, tell) {
    for (const [limit, sign] of Object.entries(BOUNDS)) {
      const narrower = (a, b) => a !== undefined && (b === undefined || sign * (a - b) > 0);
      const isBroken =
        direction === 'request' ? narrower(fresh[limit], old[limit]) : narrower(old[limit], fresh[limit]);
      if (isBroken)
        tell(`has another ${limit}: ${fresh[limit] ?? 'none'} instead of ${old[limit] ?? 'none'}`);
    }
    for (const keyword of OPAQUE) {
      const [a, b] = [old[keyword], fresh[keyword]].map((value) => JSON.stringify(value));
      const isWider = direction === 'request' ? b === undefined : a === undefined;
      if (a !== b && !isWider) tell(`has another ${keyword}: ${b ?? 'none'} instead of ${a ?? 'none'}`);
    }
    if (direction === 'request' && JSON.stringify(old.default) !== JSON.stringify(fresh.default))
      tell(
        `is ${JSON.stringify(fresh.default)} instead of ${JSON.stringify(old.default)} when it is left out`,
      );
  }

  #compareFields(old, fresh, direction, where, part) {
    const nameOf = (field) => (part ? `${part}.${field}` : field);
    const tell = (field, what) => this.findings.push({ where, part: nameOf(field), what });
    for (const [field, schema] of Object.entries(old.properties)) {
      if (!(field in fresh.properties))
        tell(field, direction === 'request' ? 'is not taken any more' : 'is gone');
      else {
        if (direction === 'answer' && old.required.includes(field) && !fresh.required.includes(field))
          tell(field, 'may be left out now');
        this.compare(schema, fresh.properties[field], direction, where, nameOf(field));
      }
    }
    if (direction === 'answer') return;
    for (const field of fresh.required) if (!old.required.includes(field)) tell(field, 'must be there now');
  }
}

/** A schema with what it refers to and all that it is put together from. */
function flat(schema, document) {
  const { $ref, allOf = [], ...own } = schema;
  const parts = [...($ref ? [resolve($ref, document)] : []), ...allOf].map((part) => flat(part, document));
  const all = [...parts, own];
  return {
    ...Object.assign({}, ...all),
    ...(own.const !== undefined && { enum: [own.const] }),
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.flatMap(({ required = [] }) => required),
  };
}

/** What a reference within a document leads to. */
export function resolve(ref, document) {
  return ref
    .split('/')
    .slice(1)
    .reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

/** The types of JSON that values may have; OpenAPI 3.0 says `nullable` for that of null. */
function typesOf({ type, nullable, properties, items }) {
  const types = type === undefined ? inferred(properties, items) : [type].flat();
  return nullable ? [...types, 'null'] : types;
}

function inferred(properties, items) {
  if (items) return ['array'];
  return Object.keys(properties).length > 0 ? ['object'] : [];
}

/** Values of a list that another one lacks; none where there is no other. */
function missing(values = [], others) {
  return others ? values.filter((value) => !others.includes(value)) : [];
}
