import { resolve, SchemaComparison } from './schemas.mjs';

/**
 * What clients of one version of the HTTP interface could trip over in another.
 * @param before the OpenAPI document of the last release
 * @param now that of today
 * @returns {import('./schemas.mjs').Finding[]}
 */
export function breaksOfOpenApi(before, now) {
  const schemas = new SchemaComparison(before, now);
  const calls = callsOf(before).flatMap(({ path, method, operation }) => {
    const where = `${method.toUpperCase()} ${path}`;
    const other = now.paths[path]?.[method];
    return other ? new CallComparison(schemas, where).compare(operation, other) : [gone(where)];
  });
  return [...calls, ...schemas.findings, ...problemTypes(before, now)];
}

const gone = (where, part = '') => ({ where, part, what: 'is gone' });

function callsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** Types of problems, of which the document has a table. */
function problemTypes(before, now) {
  const typesOf = ({ info }) =>
    [...(info.description ?? '').matchAll(/^\| `(\/problems\/[\w-]+)` \|/gm)].map(([, type]) => type);
  const left = typesOf(now);
  return typesOf(before)
    .filter((type) => !left.includes(type))
    .map((type) => gone(type));
}

/** Compares one call. Parts that are components of their own are compared under their names. */
class CallComparison {
  constructor(schemas, where) {
    this.schemas = schemas;
    this.where = where;
    this.findings = [];
  }

  compare(before, now) {
    const [scope, scopeNow] = [before['x-required-scope'], now['x-required-scope']];
    // Whoever may do anything may do this as well.
    if (scope !== scopeNow && scope !== 'admin' && scopeNow !== 'public')
      this.tell('scope', `${scopeNow} is asked for instead of ${scope}`);
    if (before.operationId !== now.operationId)
      this.tell(
        'operationId',
        `is ${now.operationId} instead of ${before.operationId}, by which generated clients call it`,
      );
    this.compareParameters(before.parameters ?? [], now.parameters ?? []);
    this.compareBody(before.requestBody, now.requestBody);
    this.compareAnswers(before.responses, now.responses);
    return this.findings;
  }

  tell(part, what) {
    this.findings.push({ where: this.where, part, what });
  }

  compareParameters(before, now) {
    const same = (parameter, list) =>
      list.find(({ name, in: place }) => name === parameter.name && place === parameter.in);
    for (const parameter of before) {
      const other = same(parameter, now);
      if (!other) this.tell(parameter.name, 'is not taken any more');
      else this.schemas.compare(parameter.schema, other.schema, 'request', this.where, parameter.name);
    }
    for (const parameter of now)
      if (parameter.required && !same(parameter, before)?.required)
        this.tell(parameter.name, 'must be there now');
  }

  compareBody(before, now) {
    if (!before) {
      if (now?.required) this.tell('body', 'must be there now');
      return;
    }
    if (!now) return this.tell('body', 'is not taken any more');
    if (now.required && !before.required) this.tell('body', 'must be there now');
    this.compareContent(before.content, now.content, 'request', 'body');
  }

  compareAnswers(before, now) {
    for (const [status, response] of Object.entries(before)) {
      const isSuccess = status < 400;
      if (!(status in now)) {
        // That something is refused no more breaks nobody.
        if (isSuccess) this.tell(status, 'is not answered any more');
        continue;
      }
      const [old, fresh] = [
        [response, this.schemas.before],
        [now[status], this.schemas.now],
      ].map(([answer, document]) => (answer.$ref ? resolve(answer.$ref, document) : answer));
      this.compareContent(old.content, fresh.content, 'answer', status);
      for (const header of Object.keys(old.headers ?? {}))
        if (!(header in (fresh.headers ?? {}))) this.tell(`${status} ${header}`, 'is gone');
    }
    const successes = (responses) => Object.keys(responses).filter((status) => status < 400);
    for (const status of successes(now)) if (!(status in before)) this.tell(status, 'may be answered now');
  }

  compareContent(before = {}, now = {}, direction, part) {
    for (const [type, { schema }] of Object.entries(before)) {
      if (now[type]) this.schemas.compare(schema, now[type].schema, direction, this.where, part);
      else this.tell(part, `is no ${type} any more`);
    }
  }
}
