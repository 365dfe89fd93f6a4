// Shows the spans of a trace that a collector has written, and those that are linked with it.
// node show.mjs <file> <id of the trace>
import { readFileSync } from 'node:fs';

const [file, trace] = process.argv.slice(2);
const spans = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))
  .sort((a, b) => a.began.localeCompare(b.began));

const isOf = ({ traceId }) => traceId === trace;
const known = new Set(spans.map(({ spanId }) => spanId));
const isTop = ({ parentSpanId }) => !known.has(parentSpanId);
spans.filter((span) => isOf(span) && isTop(span)).forEach((span) => show(span, ''));
for (const span of spans.filter((each) => !isOf(each) && isTop(each) && each.links.some(isOf))) {
  console.log(`linked, trace ${span.traceId}`);
  show(span, '  ');
}

function show(span, indent) {
  const { name, kind, attributes, error } = span;
  const what = attributes['stock_allocation.handler'] ?? attributes['stock_allocation.sku'];
  console.log(
    `${indent}${name}${what ? ` (${what})` : ''}${kind === 'internal' ? '' : ` [${kind}]`}${error ? `: ${error}` : ''}`,
  );
  spans
    .filter(({ parentSpanId }) => parentSpanId === span.spanId)
    .forEach((child) => show(child, `${indent}  `));
}
