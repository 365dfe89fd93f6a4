import { counted } from '../../printable';
import { inMail, pieces, quoted } from '../mail/mail-text';
import type { Mail } from '../mail/mailer';

/** A line that its customer was promised for an earlier day. */
export interface LateLine {
  readonly orderId: string;
  readonly qty: number;
  /** Where it is now. */
  readonly batchRef: string;
  readonly eta: string;
}

/** A batch that is expected later than before, and what it did to its lines. */
export interface Slip {
  /** The id of its BatchEtaChanged event. */
  readonly eventId: string;
  readonly sku: string;
  readonly batchRef: string;
  readonly eta: string;
  readonly previousEta: string;
  /** How many lines are promised for a later day now, and their pieces. */
  readonly lines: number;
  readonly qty: number;
  /** Those of them that the mail names. */
  readonly first: readonly LateLine[];
}

/** Lines that are named in a mail at most; of the others it says how many they are. */
export const LINES_NAMED = 20;

/** The mail that tells `to` which customers have to be told a later day (rule 23). */
export function slipMail({ eventId, sku, batchRef, eta, previousEta, ...late }: Slip, to: string): Mail {
  const more = late.lines - late.first.length;
  return {
    id: eventId,
    to,
    subject: `Late: batch ${inMail(batchRef)} arrives on ${eta}`,
    text: [
      `Batch ${quoted(batchRef)} of SKU ${quoted(sku)} arrives on ${eta}, not on ${previousEta}.`,
      `${counted(late.lines, 'order line')} with ${pieces(late.qty)} can be had later than promised:`,
      '',
      ...late.first.map(
        (line) =>
          `- order ${quoted(line.orderId)}: ${pieces(line.qty)}, now on ${line.eta}` +
          (line.batchRef === batchRef ? '' : ` from batch ${quoted(line.batchRef)}`),
      ),
      ...(more > 0 ? [`- and ${more} more`] : []),
      '',
    ].join('\n'),
  };
}
