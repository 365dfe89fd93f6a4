// Lets plain node run TypeScript, for tests that need the service in a process of its own:
// node -r ./test/support/register.cjs src/main.ts
// What was compiled is kept under node_modules: tests start some hundred processes, each of which needs 500 files.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const options = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
    target: 'es2022',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
const { version } = require('@swc/core/package.json');
const made = JSON.stringify({ version, options });
const cache = join(__dirname, '../../node_modules/.cache/register');
mkdirSync(cache, { recursive: true });

/** The compiled text of a file. */
function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(made).update(filename).update('\0').update(source).digest('hex');
  const kept = join(cache, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { code } = require('@swc/core').transformSync(source, { ...options, filename });
  // Renamed into place, since others may be reading and writing it now.
  const unfinished = join(cache, `${key}.${process.pid}`);
  writeFileSync(unfinished, code);
  renameSync(unfinished, kept);
  return code;
}

require.extensions['.ts'] = (module, filename) => module._compile(compiled(filename), filename);
