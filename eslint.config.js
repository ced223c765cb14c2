// What the linter holds for everybody. A rule is an error or it is off; layout belongs to Prettier.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const pureRooms = [
  'src/base/**/*.ts',
  'src/model/**/*.ts',
  'src/categories/**/*.ts',
  'src/rules/**/*.ts',
  'src/strategy/**/*.ts',
  'src/actors/{protocol,visit,engagement,chat,agent,group,document,cell}/**/*.ts',
  'src/transport/bayeux/**/*.ts',
  'src/cluster/{identity,settings}.ts',
  'src/cluster/{view,ring,replication,member}/**/*.ts',
];

/** Files whose tools ask for a default export. */
const configFiles = ['eslint.config.js', 'vitest.config.ts', '**/vite.config.ts', 'test/build-first.ts'];

/** Shapes of the language that this project does without (CONTRIBUTING.md). */
const unwanted = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
  { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'Use a module.' },
  { selector: 'TSParameterProperty', message: 'Declare the field and assign it.' },
  { selector: 'Decorator', message: 'Call a function.' },
];
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };

const shellGlobals = [
  'process',
  'console',
  'Buffer',
  'performance',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'window',
  'document',
  'globalThis',
];
const pureReason = 'Pure rooms take time, chance and the outside as arguments.';

export default defineConfig(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.beckon/',
      '.services/',
      'coverage/',
      'test-results/',
      '**/generated/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'tsconfig.browser.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...unwanted, noDefaultExport],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // Rows and messages are both: the author picks the form that reads better.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // A handler may be async for its callers' sake: what it throws is a rejection then.
      '@typescript-eslint/require-await': 'off',
      // `(string & {})` keeps the known words of an open set in sight.
      '@typescript-eslint/no-empty-object-type': 'off',
      // Factories give closures, which need no `this` and may be passed around.
      '@typescript-eslint/unbound-method': 'off',
      // A cast says which type is known; `!` hides it, and stays forbidden.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A machine's state is plain data, records included, which it changes in place.
      '@typescript-eslint/no-dynamic-delete': 'off',
      // A callback that only calls may be written in one line.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: pureRooms,
    rules: {
      'no-restricted-globals': ['error', ...shellGlobals.map((name) => ({ name, message: pureReason }))],
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: pureReason }] }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: pureReason },
        { object: 'Math', property: 'random', message: pureReason },
      ],
      'no-restricted-syntax': [
        'error',
        ...unwanted,
        noDefaultExport,
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: pureReason },
        { selector: 'CallExpression[callee.name="Date"]', message: pureReason },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // A test may state what it knows.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An `async` stand-in for an interface often has nothing to await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.recommended],
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      'prefer-const': 'error',
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: configFiles, rules: { 'no-restricted-syntax': ['error', ...unwanted] } },
);
