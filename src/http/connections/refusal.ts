import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ErrorAnswers } from '../problems/error-answers';
import { REQUEST_ID, requestId } from '../requests/request-id';

/** An answer to what Fastify never gets to see. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** Makes answers for requests that no module gets to see. */
export class Refusals {
  private readonly answers: ErrorAnswers;

  /** @param basePath under which a gateway shows the service */
  constructor(basePath?: string) {
    // What modules bring has nothing to do with them.
    this.answers = new ErrorAnswers([], basePath);
  }

  /** A problem document for `status`, after which the connection ends. */
  of(status: number): Refusal {
    const id = requestId();
    const { mediaType, body } = this.answers.answer(new HttpException('', status), id);
    const text = JSON.stringify(body);
    return {
      status,
      headers: {
        'Content-Type': mediaType,
        'Content-Length': Buffer.byteLength(text),
        Connection: 'close',
        [REQUEST_ID]: id,
        ...(status === 503 && { 'Retry-After': 1 }),
      },
      body: text,
    };
  }

  /** The same as it goes over the wire, for when there is no request that it could be the answer to. */
  textOf(status: number): string {
    const { headers, body } = this.of(status);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
  }
}
