import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ErrorAnswers } from './error-answers';
import { REQUEST_ID, requestId } from './request-id';

/** What modules bring has nothing to do with requests that none of them gets to see. */
const answers = new ErrorAnswers();

/** An answer to what Fastify never gets to see. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** A problem document for `status`, after which the connection ends. */
export function refusal(status: number): Refusal {
  const id = requestId();
  const { mediaType, body } = answers.answer(new HttpException('', status), id);
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
export function refusalText(status: number): string {
  const { headers, body } = refusal(status);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
