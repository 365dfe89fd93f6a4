import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { currentCorrelation } from '../../correlation';
import { IdempotentRequest, KeyInUse } from '../../idempotent-request';
import { keyOf } from '../access/api-keys';
import type { ErrorAnswers } from '../problems/error-answers';
import type { Reply, Request } from '../fastify';
import type { HttpAdapter } from '../http-adapter';
import { httpProblems } from '../problems/http-problems';
import { ProblemException } from '../problems/problems';
import { PUBLIC, type RouteSettings } from '../access/required-scope';

/** By this header a client names a request that it may have to send again (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';
/** Says of an answer that the request came before, and nothing was done this time. */
export const REPLAYED = 'Idempotent-Replayed';

/** An answer that is given again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it goes over the wire; null: none. */
  readonly body: string | null;
}

/** What is known of a key that came before. */
export interface KnownRequest {
  readonly fingerprint: Buffer;
  /** What parts of the request came to, if they were carried out. */
  readonly results: ReadonlyMap<number, unknown>;
  /** Missing when the answer follows from the result, or nobody got to give one. */
  readonly answer?: StoredAnswer;
}

/** Where requests with keys are kept, with their answers. Bound by the module that keeps them. Throws Unavailable. */
export abstract class StoredAnswers {
  abstract find(caller: string, key: string): Promise<KnownRequest | undefined>;

  /** Keeps the answer to a request, unless another one is kept. */
  abstract store(request: IdempotentRequest, answer: StoredAnswer): Promise<void>;
}

/** A request with a key that is being answered. */
interface Begun {
  readonly request: IdempotentRequest;
  readonly isReplayed: boolean;
}

const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"$/;
const BARE = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/;
const RULE = `${IDEMPOTENCY_KEY} must be one text of 1 to 255 visible ASCII characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`;

/**
 * Statuses of refusals that are decisions, which are stored and replayed. 400, 401 and the like come before anything is
 * decided.
 */
const DECISIONS = new Set([404, 409, 410, 412, 422]);
/**
 * Headers that are stored and replayed. `X-Events: pending` too: when the request is repeated, some views may still be
 * behind.
 */
const KEPT_HEADERS = ['location', 'content-type', 'x-events'];
/** How long an answer waits until it is kept, in milliseconds: it is ready, and what was carried out is recorded already. */
const KEEP_MS = 1_000;

/**
 * Has every call that changes something bear repetition when its client names it by an Idempotency-Key: a request that was
 * carried out is answered as it was the first time. Whoever carries it out has recorded it with what it changed
 * (IdempotentRequest); what the answer needs besides, and refusals, are kept here. Nothing is kept of a request that was
 * not decided (400, 401, 429, 5xx): it can be sent again with the same key.
 * @param adapter without any routes as yet; whoever may not call is refused by then
 */
export function keepAnswers(adapter: HttpAdapter, store: StoredAnswers, answers: ErrorAnswers): void {
  const logger = new Logger('Idempotency');
  const fastify = adapter.getInstance();
  const header = IDEMPOTENCY_KEY.toLowerCase();
  /** The requests that are being answered, by their names. */
  const underWay = new Map<string, IdempotentRequest>();
  const begun = new WeakMap<Request, Begun>();

  const begin = async (request: Request, reply: Reply, key: string): Promise<void> => {
    const caller = keyOf(request)?.id ?? '';
    const fingerprint = fingerprintOf(request);
    let current = new IdempotentRequest(caller, key, fingerprint);
    const name = nameOf(current);
    const other = underWay.get(name);
    if (other) throw other.fingerprint.equals(fingerprint) ? new KeyInUse(key) : reused();
    underWay.set(name, current);
    begun.set(request, { request: current, isReplayed: false });
    const known = await store.find(caller, key);
    if (!known) return void (currentCorrelation().idempotency = current);
    if (!known.fingerprint.equals(fingerprint)) {
      // What is kept under this key is none of its business.
      begun.delete(request);
      underWay.delete(name);
      throw reused();
    }
    const { answer } = known;
    if (answer) {
      begun.set(request, { request: current, isReplayed: true });
      reply
        .code(answer.status)
        .headers(answer.headers)
        .send(answer.body ?? undefined);
      return;
    }
    current = new IdempotentRequest(caller, key, fingerprint, known.results);
    underWay.set(name, current);
    begun.set(request, { request: current, isReplayed: false });
    currentCorrelation().idempotency = current;
  };

  fastify.addHook('preHandler', (request, reply, done) => {
    const value = request.headers[header];
    if (value === undefined || !isKept(request)) return done();
    const key = keyIn(String(value));
    if (key === undefined) return done(new ProblemException(httpProblems['bad-request'], RULE));
    begin(request, reply, key).then(() => {
      if (!reply.sent) done();
    }, done);
  });

  /** @returns what is answered instead */
  const end = async ({ request }: Begun, reply: Reply, payload: unknown, id: string): Promise<unknown> => {
    const { statusCode: status } = reply;
    const isSuccess = status < 300;
    const isSecret = isSuccess && reply.getHeader('cache-control') === 'no-store';
    if (request.isRepetition && status < 500) reply.header(REPLAYED, 'true');
    // What it came to is stored with what it changed, and the answer is made of that.
    if (isSuccess && !isSecret && request.isOneUnit && !payload) return payload;
    if (request.isUnfinished || !(isSuccess || DECISIONS.has(status))) return payload;
    if (payload !== undefined && payload !== null && typeof payload !== 'string') return payload;
    const answer = isSecret
      ? shownOnce(answers, id, reply)
      : { status, headers: kept(reply), body: payload ? payload : null };
    const isKept = store
      .store(request, answer)
      .catch((err: unknown) => logger.warn({ err }, 'Could not keep the answer to a request with a key'));
    await Promise.race([isKept, setTimeout(KEEP_MS, undefined, { ref: false })]);
    if (!isSecret || !request.isRepetition) return payload;
    reply.code(answer.status).headers(answer.headers).removeHeader('cache-control');
    return answer.body;
  };

  fastify.addHook('onSend', (request, reply, payload, done) => {
    const current = begun.get(request);
    if (!current) return done();
    begun.delete(request);
    const release = () => underWay.delete(nameOf(current.request));
    if (current.isReplayed) {
      release();
      reply.header(REPLAYED, 'true');
      return done();
    }
    end(current, reply, payload, request.id)
      .finally(release)
      .then((answered) => done(null, answered), done);
  });
}

/** Whether a call changes something of version 1: questions are asked anew. */
function isKept({ method, routeOptions: { url = '', config } }: Request): boolean {
  const { scope } = config as RouteSettings;
  return (
    method !== 'GET' && method !== 'HEAD' && url.startsWith('/v1/') && scope !== 'read' && scope !== PUBLIC
  );
}

/** The key that the header has: a text in quotation marks (RFC 8941, section 3.3.3), or as many clients send it, without. */
function keyIn(value: string): string | undefined {
  const quoted = QUOTED.exec(value)?.[1];
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? (BARE.test(value) ? value : undefined);
}

function fingerprintOf({ method, url, body }: Request): Buffer {
  return hash('sha256', `${method} ${url}\n${JSON.stringify(body) ?? ''}`, 'buffer');
}

function nameOf({ caller, key }: IdempotentRequest): string {
  return `${caller} ${key}`;
}

function reused(): ProblemException {
  return new ProblemException(httpProblems['idempotency-key-reused']);
}

function kept(reply: Reply): Record<string, string> {
  const headers = KEPT_HEADERS.map((name) => [name, reply.getHeader(name)] as const);
  return Object.fromEntries(headers.filter((header): header is [string, string] => header[1] !== undefined));
}

/** What a request is told that comes again, and whose answer must not be kept. */
function shownOnce(answers: ErrorAnswers, id: string, reply: Reply): StoredAnswer {
  const error = new ProblemException(httpProblems['shown-once']);
  const { status, mediaType, body } = answers.answer(error, id);
  const { location } = kept(reply);
  const headers = { 'content-type': mediaType, ...(location !== undefined && { location }) };
  return { status, headers, body: JSON.stringify(body) };
}
