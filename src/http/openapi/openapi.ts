import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ErrorAnswers } from '../problems/error-answers';
import type { Reply, Request } from '../fastify';
import type { HttpAdapter } from '../http-adapter';
import { SESSION_COOKIE } from '../access/session-cookie';
import { HEALTH_TAG } from '../health.controller';
import { KeptDocument } from './kept-document';
import { documentInfo } from '../../manifest';
import type { ModuleApi } from '../module-api';
import { CommonResponses, needsKey } from './openapi-responses';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** What holds for every call, whichever module it is of. */
const general = `
**Two faces.** *Version 1* is the API to build on. *The book's API* serves clients of the service from the book
"Architecture Patterns with Python". Both give the same commands.

A write that was answered is durable, and the next GET sees it. Only when a view is locked or broken may it lag
behind; an answer that comes before the views have it carries \`X-Events: pending\`.

**Request ids.** Send \`X-Request-Id\` (1 to 128 visible ASCII characters) to find your request again in the
logs and in the events that it caused. The answer carries it; without one the service makes it.

**Sending again.** Send \`Idempotency-Key\` with a request that changes something: then it is carried out once, however
often and to whichever instance it is sent, for 24 hours at least, and each repetition gets the first answer, with
\`Idempotent-Replayed: true\`. While the first one is under way a repetition is answered 409; the key with another method,
path or body 422. What was not decided (400, 401, 403, 429, 5xx) is not kept: send it again with the same key. Keys of
different senders have nothing to do with each other.

**Unknown fields** are ignored, in bodies as in queries, unless they differ from a known one only by case or by
one letter: those are refused with "did you mean …?", since what they mean would be left out. Values are never
converted: \`"3"\` is no number.

**Keys.** Send a key as \`Authorization: Bearer sak_…\`; a browser that has signed in (\`POST /v1/session\`) sends it in a
cookie. A call says which scope the key must have (\`x-required-scope\`): \`read\`, \`orders\`, \`stock\`, \`metrics\` or
\`admin\`, which contains the others. As long as the service has no key at all, it serves its own machine without one.

**Problems** are answered as \`application/problem+json\` (RFC 9457). \`type\` says which it is:

| type | status | meaning |
| --- | --- | --- |
`;

const text = { type: 'string' };
const problem = {
  type: 'object',
  description: 'A problem (RFC 9457). Some types have members of their own besides these.',
  additionalProperties: true,
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: {
      ...text,
      format: 'uri-reference',
      description: 'Which problem it is. Compare this, not the title.',
    },
    title: { ...text, description: 'The same for every problem of the type.' },
    status: { type: 'integer', description: 'The status of the answer.' },
    detail: { ...text, description: 'What is wrong this time.' },
    instance: { ...text, format: 'uri-reference', description: 'The id of the request, percent-encoded.' },
    errors: {
      type: 'array',
      description: 'Every field that breaks the syntax.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: text, message: { ...text, description: 'What the field must be.' } },
      },
    },
  },
};
const bookProblem = {
  allOf: [{ $ref: '#/components/schemas/Problem' }],
  type: 'object',
  properties: {
    message: {
      ...text,
      description:
        'The detail, where clients of the book look for it. It is missing where the request could not even be read.',
    },
  },
};
const bookMessage = { type: 'object', required: ['message'], properties: { message: text } };

const key = {
  type: 'http',
  scheme: 'bearer',
  description: 'A key (`sak_…`), as whoever runs the service makes them: `stock-allocation keys create`.',
} as const;

const session = {
  type: 'apiKey',
  in: 'cookie',
  name: SESSION_COOKIE,
  description:
    'The key that somebody signed in with by a browser. Where there is a header `Authorization`, that counts.',
} as const;

const bookTag = "The book's API";

/**
 * Describes the HTTP interface of `app`, which need not be initialised.
 * @param modules what its modules bring to it
 * @param basePath under which a gateway shows it
 */
export function openApiDocument(
  app: INestApplication,
  modules: readonly ModuleApi[],
  basePath = '',
): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Stock allocation')
    .setDescription(descriptionOf(app, modules, basePath))
    .setOpenAPIVersion('3.0.3')
    .addServer(basePath || '/', 'Where this document comes from.')
    .addTag('Version 1', 'The API to build on.')
    .addTag(bookTag, 'For clients of the service in "Architecture Patterns with Python".');
  for (const { name, description } of modules.flatMap(({ tags = [] }) => tags))
    builder.addTag(name, description);
  const config = builder
    .addTag(HEALTH_TAG, 'For what runs the service.')
    .addTag('Problems', 'Where the type of a problem leads to.')
    .build();
  Object.assign(config.info, documentInfo);
  const components = {
    schemas: { Problem: problem, BookProblem: bookProblem, BookMessage: bookMessage },
    securitySchemes: { key, session },
  };
  const document = SwaggerModule.createDocument(
    app,
    { ...config, components, security: [] },
    { operationIdFactory: (_controller, method) => method },
  );
  const common = new CommonResponses();
  for (const item of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      common.addTo(operation, method !== 'get', operation.tags!.includes(bookTag));
      operation.security = needsKey(operation) ? [{ key: [] }, { session: [] }] : [];
    }
  }
  Object.assign(document.components!, common.components);
  allowNull(document.components!.schemas as Record<string, Schema>);
  dropUnused(document);
  if (basePath !== '') showUnder(basePath, document);
  return document;
}

function descriptionOf(app: INestApplication, modules: readonly ModuleApi[], basePath: string): string {
  const problems = app
    .get(ErrorAnswers)
    .types.map(
      ({ kind, status, meaning }) => `| \`${basePath}/problems/${kind}\` | ${status} | ${meaning} |`,
    );
  const parts = [...modules.flatMap(({ description }) => description ?? []), general + problems.join('\n')];
  return parts.map((part) => part.trim()).join('\n\n');
}

/** Has the examples of problems and of Location say what is answered under that path. */
function showUnder(basePath: string, part: unknown): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    const isShown = (name === 'type' && /^\/problems\//.test(String(value))) || isLocation(name, value);
    if (isShown) (part as Record<string, unknown>)[name] = basePath + String(value);
    else showUnder(basePath, value);
  }
}

/** Whether it is the example of a Location, or of what is called so in a body. */
function isLocation(name: string, value: unknown): boolean {
  return ['example', 'location'].includes(name) && /^\/v1\//.test(String(value));
}

interface Schema {
  nullable?: boolean;
  allOf?: { $ref: string }[];
  properties?: Record<string, Schema>;
}

/**
 * In OpenAPI 3.0 a reference with `nullable` beside it allows no null: what is referred to does not. So it is
 * written out there.
 */
function allowNull(schemas: Record<string, Schema>): void {
  for (const { properties = {} } of Object.values(schemas)) {
    for (const [name, { allOf, ...rest }] of Object.entries(properties)) {
      if (!rest.nullable || !allOf) continue;
      properties[name] = { ...schemas[allOf[0].$ref.split('/').pop()!], ...rest };
    }
  }
}

/** Takes schemas out that nothing refers to, now that they are written out where they were. */
function dropUnused(document: OpenAPIObject): void {
  const schemas = document.components!.schemas!;
  const text = JSON.stringify(document);
  const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
  for (const name of unused) delete schemas[name];
}

/** Whether a path is of what `serveDocs` serves. */
export function isDocumentation(path: string): boolean {
  return /^\/docs(-json|-yaml|\/.*)?$/.test(path);
}

/** Serves the page at /docs and the document at /docs-json, each made when it is first asked for. */
export function serveDocs(
  app: INestApplication,
  adapter: HttpAdapter,
  modules: readonly ModuleApi[],
  basePath?: string,
): void {
  let json: KeptDocument | undefined;
  adapter.get('/docs-json', (request: Request, reply: Reply) => {
    json ??= new KeptDocument(JSON.stringify(openApiDocument(app, modules, basePath)));
    reply.type('application/json; charset=utf-8').send(json.bodyFor(request, reply));
  });
  adapter.getInstance().addHook('onRoute', (route) => {
    if (/^\/docs(\/|$)/.test(route.url)) route.onSend = keepText();
  });
  SwaggerModule.setup('docs', app, () => openApiDocument(app, modules, basePath), {
    raw: false,
    customSiteTitle: 'Stock allocation',
    // The page would otherwise ask a validator on the internet.
    swaggerOptions: { validatorUrl: null, displayRequestDuration: true },
  });
}

/** A hook for one route of SwaggerModule, whose texts do not change. Its files are streams, and go as they are. */
function keepText() {
  let kept: KeptDocument | undefined;
  return (
    request: Request,
    reply: Reply,
    payload: unknown,
    done: (error: null, payload?: unknown) => void,
  ): void => {
    if (typeof payload !== 'string' || reply.statusCode !== 200) return done(null, payload);
    kept ??= new KeptDocument(payload);
    // Undefined would leave the text as it is.
    done(null, kept.bodyFor(request, reply) ?? null);
  };
}
