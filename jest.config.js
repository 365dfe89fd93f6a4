// Packages that ship ES modules only and are transformed for Jest, which runs CommonJS here.
const esModules = [
  '@nestjs',
  'nestjs-pino',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  'cookie',
  'content-disposition',
  'set-cookie-parser',
  'toad-cache',
  'glob',
  'minimatch',
  'brace-expansion',
  'balanced-match',
  'lru-cache',
  'path-scurry',
  'minipass',
  'libphonenumber-js',
  '@borewit',
  '@tokenizer',
  'uuid',
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
          target: 'es2022',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Tests see the client as it is written; one of them looks at how it is built.
  moduleNameMapper: { '^stock-allocation-client$': '<rootDir>/packages/client/src/contracts.ts' },
  transformIgnorePatterns: [`node_modules/(?!(${esModules.join('|')})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 180_000,
};
