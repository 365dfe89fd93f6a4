import { readFileSync } from 'node:fs';
import type { Result } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { browserProgram } from './browser-program';

/** `describe` for tests that need a browser. Where none can be had they are skipped, and say so; in CI they fail. */
export function describeWithBrowser(name: string, suite: () => void): void {
  try {
    browserProgram();
  } catch (error) {
    const { message } = error as Error;
    if (process.env.CI) throw error;
    process.stderr.write(`Skipped: ${name}. ${message.replaceAll('\n', ' ')}\n`);
    describe.skip(name, suite);
    return;
  }
  describe(name, suite);
}

/** A Chromium without a window. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = browserProgram();
  // Its sandbox does not work for root, nor in most containers; it opens the pages of this repository alone.
  return chromium.launch({
    executablePath: path,
    env,
    args: ['--no-sandbox'],
  });
}

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds on the page that keeps people from using it: the rule, and where. */
export async function inaccessible(page: Page): Promise<string[]> {
  // The policy of the page lets no script in; the browser's own tools may run some all the same.
  await page.evaluate(`window.axe || (() => { ${axe} })()`);
  const { violations } = await page.evaluate<{ violations: Result[] }>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${String(target)} ${failureSummary}`),
  );
}
