import { Injectable } from '@nestjs/common';
import { Attention, type AttentionSource, type Notice } from '../../attention/contracts';
import { DeadLetters } from './dead-letters';

/** Events that a handler failed on for the last time, the newest first. */
@Injectable()
@Attention({ name: 'dead-letters', title: 'Dead letters', scope: 'admin', order: 50 })
export class DeadLetterAttention implements AttentionSource {
  constructor(private readonly deadLetters: DeadLetters) {}

  async notices(limit: number): Promise<Notice[]> {
    const letters = await this.deadLetters.list(limit);
    return letters.map(({ handler, eventId, type, sku, error, diedAt }) => {
      const text = `${handler} failed on ${type}: ${error}`;
      return { kind: 'dead-letter', id: `${handler}/${eventId}`, sku, text, when: diedAt.toISOString() };
    });
  }
}
