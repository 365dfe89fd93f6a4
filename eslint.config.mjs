import { defineConfig, globalIgnores } from 'eslint/config';
import { configs } from 'typescript-eslint';

/** What catches bugs. How the code looks is Prettier's business. */
export default defineConfig(
  // The fixtures break rules on purpose, but those of the architecture.
  globalIgnores([
    'dist',
    'packages/*/dist',
    'packages/*/src/generated',
    'coverage',
    '.data',
    'test/architecture/fixtures',
  ]),
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [configs.recommended],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.ts'],
    extends: [configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A promise that nobody waits for loses its error, and the order of things with it.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['test'], package: 'node:test' }] },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      // `return promise` inside `try` leaves before its `catch` can see the error.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // A new event or command has to be thought of wherever the others are told apart.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A method that implements a port returns a promise, whether or not this one has to wait.
      '@typescript-eslint/require-await': 'off',
      // The frameworks hand out `any` in callbacks that pass it on unchanged (class-transformer, @nestjs/cqrs).
      '@typescript-eslint/no-unsafe-return': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/*/application/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nestjs/common',
              allowImportNames: ['Injectable', 'Logger'],
              message: 'A use case asks the framework for nothing but to be found and to write a log.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/*/entrypoints/**/*.ts', 'src/http/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'class-transformer',
              message:
                'Fields are checked as they were sent (docs/adr/0021-nest-as-documented.md). Declare them with src/http/requests/fields.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    // A command loads what it needs when it is run, so that --help is quick. `import()` would want file
    // extensions.
    files: ['src/cli/**/*.ts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // What a test reads from the wire or out of a table has no type, and comparing it is the point.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      // A helper hands out an object of functions, to be taken apart.
      '@typescript-eslint/unbound-method': 'off',
      // One word for one thing.
      'no-restricted-globals': ['error', { name: 'it', message: 'Call it test, as everywhere.' }],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches([callee.name="test"], [callee.callee.object.name="test"]) > Literal:first-child[value=/^(and|but|nor|not|or|then)\\b/]',
          message: 'The name of a test is a sentence, read together with those of its groups.',
        },
      ],
    },
  },
);
