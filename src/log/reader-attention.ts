import { Injectable } from '@nestjs/common';
import { Attention, type AttentionSource, type Notice } from '../attention/contracts';
import { counted } from '../printable';
import { Readers } from './readers';

/** Events that may be on their way to a reader before it is a notice. */
const LAG = 1_000;
/**
 * How long ago the oldest of them happened, in seconds: where little is sold a reader may stand for days with a few.
 * Alerts have it, too.
 */
const LAG_SECONDS = 300;

/** Readers of the log that are behind, or that fail on events; the one that is furthest behind first. */
@Injectable()
@Attention({ name: 'readers', title: 'Readers that lag', scope: 'admin', order: 70 })
export class ReaderAttention implements AttentionSource {
  constructor(private readonly readers: Readers) {}

  async notices(limit: number): Promise<Notice[]> {
    const [readers, waitedFor] = await Promise.all([
      this.readers.list(),
      this.readers.waitedFor(LAG_SECONDS),
    ]);
    const behind = readers.filter(
      ({ name, lag, failing }) => lag > LAG || failing > 0 || waitedFor.includes(name),
    );
    return behind
      .sort((a, b) => b.lag - a.lag)
      .slice(0, limit)
      .map(({ name, lag, failing }) => {
        const text = `${counted(lag, 'event')} behind${failing > 0 ? `, ${failing} failing` : ''}`;
        return { kind: 'reader', id: name, text };
      });
  }
}
