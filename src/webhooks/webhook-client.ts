import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../error-text';
import { excerpt, printable } from '../printable';
import { checkLiteral, lookupPublic } from './public-address';
import { wishedPause } from './retry-schedule';
import { posts } from './webhook-diagnostics';
import { signatureHeaders } from './signature';
import { WebhooksSettings } from './webhooks-settings';

/** What became of an attempt. */
export interface AttemptOutcome {
  /** Status of the answer; null when there was none. */
  readonly status: number | null;
  /** Null: it was taken. */
  readonly error: string | null;
  readonly at: Date;
  readonly durationMs: number;
  /** What the receiver asks for. */
  readonly retryAfterMs?: number;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  /** The trace that it belongs to, which the receiver is told. */
  readonly traceparent?: string;
}

/** How much of an answer is read: of one that says what is wrong, and of one that nobody reads. */
const SHOWN_BYTES = 1_000;
const SHOWN_CHARACTERS = 200;
const UNREAD_BYTES = 16_384;
/** For how long what nobody reads may come, in milliseconds. */
const UNREAD_MS = 1_000;

/** How long a receiver may take in all, in milliseconds. */
export class WebhookTimeout {
  readonly ms: number = 15_000;
  /** The same for a test, since whoever asked for it waits, too. */
  readonly testMs: number = 8_000;
}

/** Posts signed messages to endpoints. Success is a status from 200 to 299, and nothing else. */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly http = new HttpAgent({ keepAlive: true });
  private readonly https = new HttpsAgent({ keepAlive: true });
  private readonly allowsPrivate: boolean;

  constructor(
    { WEBHOOKS_ALLOW_PRIVATE }: WebhooksSettings,
    private readonly timeout: WebhookTimeout,
  ) {
    this.allowsPrivate = WEBHOOKS_ALLOW_PRIVATE;
  }

  /** Closes connections that were kept open; nothing is under way any more. */
  onApplicationShutdown(): void {
    for (const agent of [this.http, this.https]) agent.destroy();
  }

  /**
   * @param secrets which sign it
   * @param signal breaks it off
   * @param ms how long the receiver may take
   * @returns also how it failed: nothing is thrown
   */
  async post(
    url: string,
    { id, body, traceparent }: Message,
    secrets: readonly string[],
    signal?: AbortSignal,
    ms = this.timeout.ms,
  ): Promise<AttemptOutcome> {
    const at = new Date();
    const began = performance.now();
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'stock-allocation',
      ...(traceparent && { traceparent }),
      ...signatureHeaders(id, at, body, secrets),
    };
    const deadline = AbortSignal.timeout(ms);
    const end = new AbortController();
    const abort = () => end.abort();
    deadline.addEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    let answer: Pick<AttemptOutcome, 'status' | 'error' | 'retryAfterMs'>;
    try {
      answer = await this.send(new URL(url), headers, body, end.signal);
    } catch (error) {
      answer = {
        status: null,
        error: deadline.aborted ? `No answer within ${ms / 1_000} s` : messageOf(error),
      };
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    const durationMs = performance.now() - began;
    posts.publish({ isTaken: answer.error === null, seconds: durationMs / 1_000 });
    return { ...answer, at, durationMs: Math.round(durationMs) };
  }

  /** The same for one that somebody waits for who wants to see whether it works. */
  test(url: string, message: Message, secrets: readonly string[]): Promise<AttemptOutcome> {
    return this.post(url, message, secrets, undefined, this.timeout.testMs);
  }

  private async send(
    url: URL,
    headers: Record<string, string | number>,
    body: string,
    signal: AbortSignal,
  ): Promise<Pick<AttemptOutcome, 'status' | 'error' | 'retryAfterMs'>> {
    if (!this.allowsPrivate) checkLiteral(url.hostname);
    const isSecure = url.protocol === 'https:';
    const request = (isSecure ? overHttps : overHttp)(url, {
      method: 'POST',
      agent: isSecure ? this.https : this.http,
      lookup: this.allowsPrivate ? undefined : lookupPublic,
      headers,
      signal,
    });
    request.end(body);
    try {
      return await outcomeOf(await answerTo(request));
    } catch (error) {
      // The receiver closed a connection that was kept open, at the moment when it was used again.
      if (request.reusedSocket && !signal.aborted && (error as NodeJS.ErrnoException).code === 'ECONNRESET')
        return this.send(url, headers, body, signal);
      throw error;
    }
  }
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Also after the answer has begun, when nobody waits any more.
    request.on('error', reject);
  });
}

async function outcomeOf(
  response: IncomingMessage,
): Promise<Pick<AttemptOutcome, 'status' | 'error' | 'retryAfterMs'>> {
  const status = response.statusCode!;
  if (status >= 200 && status <= 299) {
    await discard(response);
    return { status, error: null };
  }
  const said = printable(excerpt(inOneLine(await beginningOf(response)), SHOWN_CHARACTERS));
  const redirect = status >= 300 && status <= 399 ? '; redirects are not followed' : '';
  return {
    status,
    error: `The endpoint answered ${status}${redirect}${said && `: ${said}`}`,
    retryAfterMs: wishedPause(response.headers['retry-after'], new Date()),
  };
}

/**
 * Reads what is left, so that the connection can be used again; one that says much or takes its time is cut off. The
 * delivery is under way until then, so an endpoint never has more connections than deliveries.
 */
function discard(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let read = 0;
    const timer = setTimeout(() => response.destroy(), UNREAD_MS).unref();
    response.on('error', () => {});
    response.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > UNREAD_BYTES) response.destroy();
    });
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What has come of a body when there is enough of it, or it ends in whatever way. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let read = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      read += chunk.length;
      if (read >= SHOWN_BYTES) break;
    }
  } catch {
    // The answer was broken off.
  }
  return Buffer.concat(chunks).subarray(0, SHOWN_BYTES).toString();
}

function inOneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
