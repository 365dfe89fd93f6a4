// Cruises each folder of fixtures with the rules of the repository and prints, as JSON, which files broke
// which rule. A process of its own since dependency-cruiser is an ES module, which Jest cannot load here.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const { options, forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
const { enhancedResolveOptions, tsConfig, ...cruiseOptions } = options;
const fixtures = join(import.meta.dirname, 'fixtures');

const found = {};
for (const fixture of readdirSync(fixtures)) {
  const { output } = await cruise(
    ['src'],
    { ...cruiseOptions, ruleSet: { forbidden }, validate: true, baseDir: join(fixtures, fixture) },
    enhancedResolveOptions,
    { tsConfig: extractTSConfig(tsConfig.fileName) },
  );
  found[fixture] = output.summary.violations.map(({ rule, from }) => ({ rule: rule.name, file: from }));
}
console.log(JSON.stringify({ rules: [...new Set(forbidden.map(({ name }) => name))], found }));
