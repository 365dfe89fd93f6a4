import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpApp } from '../support/http-app';

let http: HttpApp;
beforeAll(async () => void (http = await HttpApp.start()));
afterAll(() => http.stop());

interface Step {
  name: string;
  /** Under which later requests name its answer. */
  id?: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** The requests of an .http file, as editors read it. */
function stepsOf(file: string): Step[] {
  return file
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [head, ...body] = text.trim().split('\n\n');
      const [name, ...lines] = head.split('\n');
      const [request, ...headers] = lines.filter((line) => !line.startsWith('#'));
      const [method, url] = request.split(' ');
      return {
        name,
        id: /^# @name (\w+)$/m.exec(head)?.[1],
        method,
        path: url.replace('{{base}}', ''),
        headers: Object.fromEntries(headers.map((header) => header.split(': '))),
        body: body.length > 0 ? body.join('\n\n') : undefined,
      };
    });
}

test('api.http works from top to bottom, and has every call', async () => {
  const steps = stepsOf(readFileSync(join(__dirname, '../../api.http'), 'utf8'));
  const answers = new Map<string, Record<string, string>>();
  const filled = (template: string) =>
    template.replace(/\{\{(\w+)\.response\.body\.(\w+)\}\}/g, (_, of, field) => answers.get(of)![field]);
  for (const { name, id, method, path: template, headers: templates, body } of steps) {
    const path = filled(template);
    const headers = Object.fromEntries(
      Object.entries(templates).map(([header, value]) => [header, filled(value)]),
    );
    // A stream never ends, so its beginning has to do.
    const answer = path.includes('/stream')
      ? await http.beginning(path, () => true)
      : await http.send(method, path, body && filled(body), headers);
    const { statusCode } = answer;
    if (id) answers.set(id, answer.json());
    const announced = /\((\d{3})\)/.exec(name)?.[1];
    expect([name, String(statusCode)]).toEqual([name, announced ?? expect.stringMatching(/^2/)]);
  }

  const { paths } = (await http.get('/docs-json')).json<{ paths: Record<string, object> }>();
  for (const [path, item] of Object.entries(paths)) {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?|$)`);
    for (const method of Object.keys(item)) {
      const shown = steps.some((step) => step.method.toLowerCase() === method && pattern.test(step.path));
      expect([method, path, shown]).toEqual([
        method,
        path,
        path !== '/v1/dead-letters/{handler}/{eventId}/replay',
      ]);
    }
  }
});
