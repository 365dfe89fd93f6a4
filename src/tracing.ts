import {
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export { type Span, SpanKind } from '@opentelemetry/api';

/** A version, the id of a trace, that of a span, and flags. Ids of nothing but zeros, and version ff, are none. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** Whether a text has the form of a traceparent (W3C Trace Context). */
export function isTraceparent(text: unknown): text is string {
  return typeof text === 'string' && TRACEPARENT.test(text);
}

/** What a span says of itself, and to what it belongs. */
export interface SpanSettings {
  /** `INTERNAL` when left out. */
  readonly kind?: SpanKind;
  /** By the names of OpenTelemetry where there are some. */
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  /**
   * The traceparent of what asked for it, when it is not the span under way; `undefined`: there is none, and a trace
   * begins. Left out: the span under way.
   */
  readonly parent?: { readonly traceparent?: string };
  /** The traceparents of others that led to it, or share it: of events that are handled later, of units that share a transaction. */
  readonly links?: readonly (string | undefined)[];
}

/** More links than tracing systems show. */
const MOST_LINKS = 128;

const tracer = trace.getTracer('stock-allocation');

/**
 * Whether anybody records spans: an SDK of OpenTelemetry was loaded before the service. As long as none was, nothing
 * here does more than to find that out.
 */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider() as { getDelegateTracer?: (name: string) => unknown };
  return (
    provider.getDelegateTracer === undefined || provider.getDelegateTracer('stock-allocation') !== undefined
  );
}

/**
 * Runs `work` within a span, which ends when it settles, as a failure when it throws.
 * @param work gets the traceparent that what it leads to belongs to; when nobody records spans that of `parent`, or of
 *   the only link
 * @throws what `work` throws
 */
export async function traced<T>(
  name: string,
  settings: SpanSettings,
  work: (traceparent?: string) => Promise<T> | T,
): Promise<T> {
  const span = startSpan(name, settings);
  if (!span) return work(settings.parent?.traceparent ?? onlyOne(settings.links));
  try {
    return await inSpan(span, () => work(traceparentOfSpan(span)));
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Starts a span, for what has no end that can be waited for. Whoever starts it ends it.
 * @returns undefined when nobody records spans
 */
export function startSpan(
  name: string,
  { kind = SpanKind.INTERNAL, attributes, parent, links = [] }: SpanSettings = {},
): Span | undefined {
  if (!isTraced()) return undefined;
  const linked = [...new Set(links)].flatMap((traceparent) => linkTo(traceparent) ?? []).slice(0, MOST_LINKS);
  return tracer.startSpan(
    name,
    { kind, attributes: attributes && { ...attributes }, links: linked },
    parent ? contextOf(parent.traceparent) : context.active(),
  );
}

/** Runs `work` as a part of the span. */
export function inSpan<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Links a span with another that it shares, so that either leads to the other. */
export function link(span: Span, other: Span): void {
  span.addLink({ context: other.spanContext() });
}

/** The span under way; undefined when there is none, or nobody records spans. */
export function spanUnderWay(): Span | undefined {
  return trace.getActiveSpan();
}

/** Notes that what a span is about has failed. */
export function failed(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.setAttribute('error.type', error instanceof Error ? error.constructor.name : 'Error');
}

/** How others are told of a span (W3C Trace Context). */
export function traceparentOfSpan(span: Span | undefined): string | undefined {
  const spanContext = span?.spanContext();
  if (!spanContext || !isSpanContextValid(spanContext)) return undefined;
  return `00-${spanContext.traceId}-${spanContext.spanId}-${spanContext.traceFlags.toString(16).padStart(2, '0')}`;
}

function contextOf(traceparent: string | undefined) {
  const spanContext = traceparent && spanContextOf(traceparent);
  return spanContext ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
}

function linkTo(traceparent: string | undefined): Link | undefined {
  return traceparent === undefined ? undefined : { context: spanContextOf(traceparent) };
}

/** @param traceparent of the form that it must have */
function spanContextOf(traceparent: string): SpanContext {
  const [, traceId, spanId, flags] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

function onlyOne(links: SpanSettings['links'] = []): string | undefined {
  return links.length === 1 ? links[0] : undefined;
}
