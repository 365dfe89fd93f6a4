// Prints how many tests passed and failed, from the files that `jest --json --outputFile` wrote. A test file
// that could not even be loaded has no tests to count and is counted itself.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const runs = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
if (runs.length === 0 || runs.includes('')) {
  console.error('Jest could not start, so there are no tests to count');
  process.exit(1);
}
const results = runs.map((run) => JSON.parse(run));
const sum = (count) => results.reduce((total, result) => total + count(result), 0);
const skipped = sum((result) => result.numPendingTests + result.numTodoTests);
if (skipped > 0) console.log(`${skipped} tests were skipped`);
const failed = sum((result) => result.numFailedTests + result.numRuntimeErrorTestSuites);
for (const { testResults } of results)
  for (const { name, message, assertionResults } of testResults) {
    const titles = assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => fullName);
    if (titles.length === 0 && assertionResults.length === 0 && message !== '')
      titles.push('could not be loaded');
    for (const title of titles) console.log(`FAILED ${relative(process.cwd(), name)}: ${title}`);
  }
console.log(`tests: ${sum((result) => result.numPassedTests)} passed, ${failed} failed`);
