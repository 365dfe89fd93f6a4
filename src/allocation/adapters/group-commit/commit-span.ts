import { isTraced, link, SpanKind, spanUnderWay, traced, traceparentOfSpan } from '../../../tracing';
import type { WaitingUnit } from './sku-queue';

/**
 * Runs `work` within the span of a transaction that units share. It belongs to the trace of the first of them that is
 * recorded; with the others it is linked, so that either leads to the other.
 * @throws what `work` throws
 */
export function inCommitSpan<T>(units: readonly WaitingUnit[], work: () => Promise<T>): Promise<T> {
  if (!isTraced()) return work();
  const spans = units.flatMap(({ span }) => span ?? []);
  const first = spans.find((span) => span.isRecording()) ?? spans.at(0);
  const others = spans.filter((span) => span !== first);
  const settings = {
    kind: SpanKind.INTERNAL,
    attributes: { 'stock_allocation.units': units.length },
    parent: { traceparent: traceparentOfSpan(first) },
    links: others.map(traceparentOfSpan),
  };
  return traced('commit', settings, () => {
    const own = spanUnderWay();
    if (own) for (const span of others) link(span, own);
    return work();
  });
}
