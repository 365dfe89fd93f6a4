import { createHash } from 'node:crypto';
import { isUnchanged } from '../requests/etag';
import type { Reply, Request } from '../fastify';

/** A text that stays as it is while the service runs: encoded once, however often it is asked for. */
export class KeptDocument {
  private readonly bytes: Buffer;
  private readonly version: string;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
    this.version = createHash('sha256').update(this.bytes).digest('base64url');
  }

  /** The body of an answer, whose ETag it sets. When the client has the document: none, and status 304. */
  bodyFor(request: Request, reply: Reply): Buffer | undefined {
    return isUnchanged(request, reply, this.version) ? undefined : this.bytes;
  }
}
