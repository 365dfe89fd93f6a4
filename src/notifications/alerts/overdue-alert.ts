import { newId } from '../../ids';
import { inMail, quoted } from '../mail/mail-text';
import type { Mail } from '../mail/mailer';

/** What one event says about when a batch arrives, and with how much. */
export interface ExpectedBatch {
  readonly ref: string;
  readonly sku: string;
  /** Null: it has arrived. Undefined: the event says nothing of it. */
  readonly eta?: string | null;
  /** Pieces that it brings; with 0 it is lost. Undefined: the event says nothing of them. */
  readonly qty?: number;
  /** Sequence of the event, per SKU. */
  readonly sequence: number;
}

/** A batch whose day is over, and that nobody has reported as arrived. */
export interface OverdueBatch {
  readonly ref: string;
  readonly sku: string;
  readonly eta: string;
}

/** The mail that tells `to` of batches that are overdue (rule 23). */
export function overdueMail(batches: readonly OverdueBatch[], to: string): Mail {
  const [{ ref: batchRef }, ...others] = batches;
  return {
    id: newId(),
    to,
    subject: `Overdue: ${others.length === 0 ? `batch ${inMail(batchRef)}` : `${batches.length} batches`}`,
    text: [
      'By now these should have arrived, and nobody has said that they did:',
      '',
      ...batches.map(
        (batch) => `- batch ${quoted(batch.ref)} of SKU ${quoted(batch.sku)}, expected on ${batch.eta}`,
      ),
      '',
      'Report what has arrived (POST /v1/batches/{ref}/arrive), and give what has not another day (PATCH /v1/batches/{ref}).',
      'No other mail about them follows unless they are put off to a later day and are overdue again.',
      '',
    ].join('\n'),
  };
}
