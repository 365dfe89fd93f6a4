import { Agent, request as httpRequest } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { sample } from 'fast-check';
import { ApiDocument, type Answered } from '../support/api-document';
import { auditWriteModel, auditViews } from '../support/audit';
import { type FuzzRequest, fuzzRequests } from '../support/fuzz-requests';
import { httpFindings } from '../support/http-findings';
import { type RawCase, rawCases } from '../support/raw-cases';
import { answersIn, type RawAnswer, sendRaw } from '../support/raw-http';
import { RunningService } from '../support/running-service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

/** How many requests: ten times as many in CI's own run of this file. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1_000);
/** The same seed gives the same requests: a check says tomorrow what it says today, unless it is told to look elsewhere. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_127);
const AT_ONCE = 8;

let database: TestDatabase;
let service: RunningService;
let api: ApiDocument;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(() => console.log(`FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS}`));
beforeEach(async () => {
  database = await createTestDatabase();
  service = await RunningService.start({ DATABASE_URL: database.url });
  api = new ApiDocument((await (await fetch(`${service.url}/docs-json`)).json()) as OpenAPIObject);
});
afterEach(async () => {
  await service.stop();
  await database.drop();
});
afterAll(() => agent.destroy());

function send({ method, url, headers, body }: FuzzRequest): Promise<Answered> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        agent,
        hostname,
        port,
        method,
        path: url,
        headers: { ...service.headers, ...headers },
        timeout: 10_000,
      },
      (response) => {
        const pieces: Buffer[] = [];
        const answer = () => {
          const status = response.statusCode!;
          resolve({ status, headers: response.headers, body: Buffer.concat(pieces).toString() });
        };
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          // It has no end.
          if (response.headers['content-type']?.startsWith('text/event-stream')) {
            answer();
            response.destroy();
          }
        });
        response.on('error', reject);
        response.on('end', answer);
      },
    );
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('No answer within 10 s')));
    request.end(body);
  });
}

/** What is wrong with what comes back over the connection of a case. */
async function rawFindings({
  name,
  pieces,
  requests,
  answers: least,
  status,
  ends,
}: RawCase): Promise<string[]> {
  let answers: RawAnswer[];
  try {
    const text = await sendRaw(Number(new URL(service.url).port), pieces, ends);
    answers = answersIn(
      text,
      requests.map(({ method }) => method),
    );
  } catch (error) {
    return [`${name}: ${String(error)} after ${JSON.stringify(pieces.join('').slice(0, 300))}`];
  }
  const findings = answers.flatMap((answer, index) =>
    httpFindings(api, requests[index] ?? { method: '', url: '%' }, answer),
  );
  if (answers.length < least) findings.push(`${answers.length} answers`);
  if (status !== undefined && answers.at(-1)?.status !== status)
    findings.push(`not ${status}: ${answers.map((answer) => answer.status).join()}`);
  return findings.map(
    (finding) => `${name}: ${finding} after ${JSON.stringify(pieces.join('').slice(0, 300))}`,
  );
}

async function adminKey(): Promise<string> {
  const response = await fetch(`${service.url}/v1/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'fuzz', scopes: ['admin'] }),
  });
  return ((await response.json()) as { key: string }).key;
}

/** The calls without the one after which every other needs a key. */
function withoutNewKeys({ document }: ApiDocument): ApiDocument {
  const { post: _, ...others } = document.paths['/v1/keys'];
  return new ApiDocument({ ...document, paths: { ...document.paths, '/v1/keys': others } });
}

/** What is wrong after all that: the service is slow or gone, its log has errors, its audit finds something. */
async function aftermath(): Promise<string[]> {
  const ready = await fetch(`${service.url}/health/ready`);
  const taken = await service.post('/v1/batches', { ref: `after-${SEED}`, sku: `after-${SEED}`, qty: 1 });
  const line = await service.post('/v1/allocations', { orderId: 'after', sku: `after-${SEED}`, qty: 1 });
  const errors = service.lines.filter((each) => /"level":(50|60)/.test(each));
  await until(async () => (await auditViews(database.url)).length === 0, 10);
  return [
    ...(ready.status === 200 && taken === 201 && line === 202 ? [] : [`${ready.status}, ${taken}, ${line}`]),
    ...errors,
    ...(await auditWriteModel(database.url)),
  ];
}

test('malformed requests get the answers that the document describes, and leave a service that is sound', async () => {
  // Among them are some that create keys.
  service.headers = { authorization: `Bearer ${await adminKey()}` };
  const requests = sample(fuzzRequests(api), { seed: SEED, numRuns: REQUESTS });
  const findings: string[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const client = async () => {
    while (next < requests.length) {
      const request = requests[next++];
      try {
        const answer = await send(request);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        findings.push(...httpFindings(api, request, answer));
      } catch (error) {
        findings.push(
          `${String(error)}: ${JSON.stringify({ ...request, body: String(request.body).slice(0, 300) })}`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  console.log(`Answers by status: ${JSON.stringify(statuses)}`);

  expect([...findings.slice(0, 20), ...(await aftermath())]).toEqual([]);
  // Not everything was refused for the same reason.
  for (const status of [200, 201, 202, 400, 404, 405, 415]) expect(statuses[status]).toBeGreaterThan(0);
}, 600_000);

test('bytes that are hardly HTTP get such answers, too, whatever operation they are for', async () => {
  const findings: string[] = [];
  // The first as the seed says, the more of them the longer the run.
  for (let round = 0; round < Math.max(1, REQUESTS / 2_500); round += 1) {
    const cases = rawCases(withoutNewKeys(api), SEED + round);
    expect(cases.length).toBeGreaterThanOrEqual(60);
    findings.push(...(await Promise.all(cases.map(rawFindings))).flat());
  }
  expect([...findings.slice(0, 20), ...(await aftermath())]).toEqual([]);
}, 300_000);
