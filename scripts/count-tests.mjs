// Prints how many tests passed and failed, from the file that `jest --json --outputFile` wrote. A test file
// that could not even be loaded has no tests to count and is counted itself.
import { readFileSync } from 'node:fs';

const written = readFileSync(process.argv[2], 'utf8');
if (written === '') {
  console.error('Jest could not start, so there are no tests to count');
  process.exit(1);
}
const results = JSON.parse(written);
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
const skipped = results.numPendingTests + results.numTodoTests;
if (skipped > 0) console.log(`${skipped} tests were skipped`);
console.log(`tests: ${results.numPassedTests} passed, ${failed} failed`);
