import { Injectable } from '@nestjs/common';
import { Attention, type AttentionSource, type Notice } from '../board/contracts';
import { Readers } from './readers';

/** Events that may be on their way to a reader before it is a notice. */
const LAG = 1_000;

/** Readers of the log that are behind, or that fail on events; the one that is furthest behind first. */
@Injectable()
@Attention({ name: 'readers', title: 'Readers that lag', scope: 'admin', order: 70 })
export class ReaderAttention implements AttentionSource {
  constructor(private readonly readers: Readers) {}

  async notices(limit: number): Promise<Notice[]> {
    const behind = (await this.readers.list()).filter(({ lag, failing }) => lag > LAG || failing > 0);
    return behind
      .sort((a, b) => b.lag - a.lag)
      .slice(0, limit)
      .map(({ name, lag, failing }) => {
        const text = `${lag} events behind${failing > 0 ? `, ${failing} failing` : ''}`;
        return { kind: 'reader', id: name, text };
      });
  }
}
