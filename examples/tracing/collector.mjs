// A collector for a try: takes spans by OTLP over HTTP, as JSON, and writes each as a line into a file.
// node collector.mjs <file> [port]
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const [file, port = '4318'] = process.argv.slice(2);
if (!file) {
  console.error('node collector.mjs <file> [port]');
  process.exit(2);
}

const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

const server = createServer(async (request, response) => {
  try {
    const { resourceSpans = [] } = await json(request);
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    appendFileSync(file, spans.map((span) => `${JSON.stringify(lineOf(span))}\n`).join(''));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
});
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`Spans go into ${file}; send them to http://127.0.0.1:${server.address().port}`),
);

function lineOf({ traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano, ...more }) {
  const began = BigInt(startTimeUnixNano);
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId || undefined,
    name,
    kind: kinds[kind],
    began: new Date(Number(began / 1_000_000n)).toISOString(),
    ms: Number(BigInt(endTimeUnixNano) - began) / 1e6,
    error: more.status?.message,
    attributes: Object.fromEntries(
      (more.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
    ),
    links: (more.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
  };
}
