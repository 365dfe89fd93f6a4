// Checks openapi.json and asyncapi.json by the rules that Redocly and Spectral recommend: what readers and their tools
// expect of such documents, beyond that they are valid. Tests see to that.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Both are CommonJS.
const require = createRequire(import.meta.url);
const redocly = require('@redocly/openapi-core');
const { Spectral } = require('@stoplight/spectral-core');
const { asyncapi, oas } = require('@stoplight/spectral-rulesets');

/** Of Spectral: 0 is an error, 1 a warning; what comes after is a hint, such as that AsyncAPI has a newer version. */
const WARNING = 1;

/** Who runs a service is not known where its documents are written, so they name authors without an address. */
const LEFT_OUT = ['asyncapi-info-contact-properties'];

const findings = [
  ...(await byRedocly('openapi.json')),
  ...(await bySpectral('openapi.json', oas)),
  ...(await bySpectral('asyncapi.json', asyncapi)),
];
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exit(1);
console.log('The documents are as Redocly and Spectral recommend');

async function byRedocly(file) {
  const config = await redocly.createConfig({ extends: ['recommended'] });
  const source = readFileSync(file, 'utf8');
  const problems = await redocly.lintFromString({ source, absoluteRef: file, config });
  return problems.map(
    ({ ruleId, message, location }) => `${file}${location[0].pointer}: ${message} (Redocly, ${ruleId})`,
  );
}

async function bySpectral(file, rules) {
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [[rules, 'recommended']] });
  const problems = await spectral.run(JSON.parse(readFileSync(file, 'utf8')));
  return problems
    .filter(({ code, severity }) => severity <= WARNING && !LEFT_OUT.includes(code))
    .map(({ code, message, path }) => `${file}#/${path.join('/')}: ${message} (Spectral, ${code})`);
}
