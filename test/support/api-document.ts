import type { OpenAPIObject } from '@nestjs/swagger';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** An operation, and where it is. */
export interface Call {
  /** In capitals. */
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly operation: Operation;
}

/** What is looked at of an answer. Names of headers are in lower case. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

type Content = Record<string, { schema?: unknown; example?: unknown }>;
interface Response {
  readonly content?: Content;
  readonly headers?: Record<string, { $ref?: string; required?: boolean }>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The words of OpenAPI that JSON Schema does not know. */
const openApiWords = ['openapi', 'info', 'paths', 'components', 'servers', 'tags', 'security', 'example'];

const BODY = ['requestBody', 'content', 'application/json', 'schema'];

/** An OpenAPI 3.0 document, and whether requests and answers are as it says. Its schemas are taken strictly. */
export class ApiDocument {
  readonly calls: readonly Call[];
  private readonly ajv = new Ajv({ strict: true, allErrors: true, validateSchema: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(readonly document: OpenAPIObject) {
    addFormats(this.ajv);
    this.ajv.addVocabulary(openApiWords);
    this.ajv.addSchema(document, 'api');
    this.calls = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item[method];
        return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
      }),
    );
  }

  /** The operation by its id. */
  call(operationId: string): Call {
    return this.calls.find(({ operation }) => operation.operationId === operationId)!;
  }

  /** The operation that a request is for: the one with the fewest parameters in its path. */
  callOf(method: string, url: string): Call | undefined {
    const path = url.replace(/[?#].*/s, '');
    const fits = (template: string) =>
      new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]*')}$`, 's').test(path);
    return this.calls
      .filter((call) => call.method === (method === 'HEAD' ? 'GET' : method) && fits(call.path))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  }

  /** What is behind a reference, or the thing itself. */
  resolve<T extends object>(thing: T | { $ref: string }): T {
    if (!('$ref' in thing) || typeof thing.$ref !== 'string') return thing as T;
    const keys = thing.$ref
      .slice(2)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], this.document) as T;
  }

  response({ operation }: Call, status: number): Response | undefined {
    const found = (operation.responses as Record<string, Response | { $ref: string }>)[status];
    return found && this.resolve(found);
  }

  /** What is wrong with an answer, by the document. */
  findings(call: Call, answer: Answered): string[] {
    const { status, headers, body } = answer;
    const name = `${call.method} ${call.path} ${status}`;
    const response = this.response(call, status);
    if (!response) return [`${name} is not described`];
    const missing = Object.entries(response.headers ?? {})
      .filter(([header, description]) => this.resolve(description).required && !headers[header.toLowerCase()])
      .map(([header]) => `${name} has no ${header}`);
    return [
      ...missing,
      ...this.findingsInBody(call, name, response, answer.status, String(headers['content-type']), body),
    ];
  }

  /** What is wrong with a value for the schema that the path of keys leads to. */
  findingsIn(keys: readonly string[], value: unknown): string[] {
    const pointer = keys
      .map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    let validate = this.validators.get(pointer);
    if (!validate) {
      validate = this.ajv.compile({ $ref: `api#/${pointer}` });
      this.validators.set(pointer, validate);
    }
    if (validate(value)) return [];
    return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  /** Whether a value is a body as the document wants it. */
  isBody({ method, path, operation }: Call, body: unknown): boolean {
    if (!operation.requestBody) return true;
    return this.findingsIn(['paths', path, method.toLowerCase(), ...BODY], body).length === 0;
  }

  private findingsInBody(
    { method, path, operation }: Call,
    name: string,
    { content }: Response,
    status: number,
    contentType: string,
    body: string,
  ): string[] {
    if (!content) return body === '' ? [] : [`${name} has a body`];
    const mediaType = contentType.split(';')[0];
    if (!content[mediaType]) return [`${name} is ${contentType}, which is not described`];
    if (mediaType === 'text/plain' || mediaType === 'text/event-stream') return [];
    const keys = this.keysOf((operation.responses as Record<string, object>)[status]) ?? [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      String(status),
    ];
    const findings = this.findingsIn([...keys, 'content', mediaType, 'schema'], JSON.parse(body));
    return findings.map((finding) => `${name}: ${finding} in ${body.slice(0, 500)}`);
  }

  private keysOf(thing: object): string[] | undefined {
    return '$ref' in thing ? (thing.$ref as string).slice(2).split('/') : undefined;
  }
}
