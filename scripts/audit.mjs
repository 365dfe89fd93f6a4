// Asks the registry whether a package that the service runs with has a known weakness. A registry that does not keep
// such a list, or cannot be reached, is told in one line and fails nothing.
import { spawnSync } from 'node:child_process';

const LONGEST_MS = 120_000;

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: LONGEST_MS,
  shell: process.platform === 'win32',
});
const report = parse(stdout);

if (!report?.vulnerabilities) {
  console.log(`npm audit: not checked, since the registry gives no answer (${reason(report)})`);
} else {
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range, via } of found) {
    const titles = via.map((cause) =>
      typeof cause === 'string' ? `by ${cause}` : `${cause.title}: ${cause.url}`,
    );
    console.error(`npm audit: ${name} ${range} (${severity}) ${titles.join('; ')}`);
  }
  if (found.length > 0) process.exitCode = 1;
  else console.log('npm audit: no known weakness');
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without the address, which may have a password in it. */
function reason(report) {
  return report?.statusCode ?? report?.error?.code ?? report?.code ?? 'it cannot be reached';
}
