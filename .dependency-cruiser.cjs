// The room table of ARCHITECTURE.md section 3 as rules: who may import whom. A room is entered through its
// index.ts. A room may use another room's values only when `uses` names it; shells may also name each other's
// types, because they receive each other as constructor arguments. Only the wiring knows concrete classes.

const actors = ['protocol', 'visit', 'engagement', 'chat', 'agent', 'group', 'document', 'cell'].map(
  (kind) => `actors/${kind}`,
);
const dsl = ['dsl/language', 'dsl/check'];
const pure = ['base', 'model', 'categories', 'rules', 'strategy', ...dsl, ...actors, 'transport/bayeux'];
const shells = [
  'backtest',
  'config',
  'location',
  'metrics',
  'privacy',
  'actors/runtime',
  'cluster',
  'stores',
  'transport/edge',
  'transport/peers',
  'transport/rest',
  'transport/search-gateway',
  'transport/visitor',
];

/** Room -> the rooms whose values it may use, and the packages it may use (`undefined`: any). */
const table = {
  base: { uses: [], packages: [] },
  model: { uses: ['base'], packages: ['typebox'] },
  categories: { uses: ['base', 'model'], packages: ['re2js'] },
  rules: { uses: ['base', 'model'], packages: ['chevrotain', 're2js'] },
  strategy: { uses: ['base', 'model'], packages: [] },
  'transport/bayeux': { uses: ['base', 'model'], packages: [] },
  ...Object.fromEntries(
    actors.map((room) => [
      room,
      { uses: pure.filter((other) => other !== 'transport/bayeux'), packages: ['re2js'] },
    ]),
  ),
  config: { uses: ['base', 'model'] },
  location: { uses: ['base', 'model'] },
  metrics: { uses: ['base', 'model', 'config', 'actors/protocol'] },
  stores: { uses: ['base', 'model', 'config'] },
  backtest: { uses: ['base', 'model', 'rules', 'stores'] },
  privacy: { uses: ['base', 'model', 'actors/protocol'] },
  'actors/runtime': { uses: [...pure, 'config'] },
  'transport/edge': { uses: [...pure, 'config'] },
  'transport/peers': { uses: [...pure, 'config'] },
  'transport/rest': { uses: [...pure, 'config'] },
  'transport/search-gateway': { uses: ['base', 'model', 'config'] },
  'transport/visitor': { uses: [...pure, 'config'] },
  cluster: { uses: [...pure, ...shells.filter((room) => room !== 'cluster')] },
  'dsl/language': { uses: [], packages: [] },
  'dsl/check': { uses: ['base', 'dsl/language'], packages: ['saxes'] },
  tracker: { uses: ['dsl/language'], types: ['base', 'model'], packages: [] },
  ui: { uses: ['base', 'model'] },
};

/** Where rooms are put together: the command line, and the start of a node. */
const wiring = '^src/(main\\.ts$|commands/|node/)';

const escaped = (text) => text.replaceAll('.', '\\.');
const inside = (room) => `^src/${room}/`;
/** The doors of a room: its index, and for the cluster also those of its parts. */
const doors = (room) => [
  `^src/${room}/index\\.ts$`,
  ...(room === 'cluster'
    ? ['^src/cluster/(routing|identity|settings)\\.ts$', '^src/cluster/[a-z]+/index\\.ts$']
    : []),
];

const isShell = (room) => shells.includes(room);

function roomRules([room, { uses, types, packages }]) {
  const typed = [...uses, ...(types ?? []), ...(isShell(room) ? shells : [])];
  // The stores' interfaces are what other rooms are typed by; each stands in a file of its own.
  const stores = isShell(room) ? ['^src/stores/[a-z-]+\\.ts$'] : [];
  const rules = [
    {
      name: `${room}: types`,
      comment: `${room} may name ${typed.join(', ') || 'no other room'}, through their index.ts`,
      severity: 'error',
      from: { path: inside(room) },
      to: {
        path: '^(src|apps|test|scripts|bench)/',
        pathNot: [inside(room), ...typed.flatMap(doors), ...stores],
      },
    },
    {
      name: `${room}: values`,
      comment: `${room} may use ${uses.join(', ') || 'no other room'}; of others it may only import types`,
      severity: 'error',
      from: { path: inside(room) },
      to: {
        path: '^(src|apps|test|scripts|bench)/',
        pathNot: [inside(room), ...uses.flatMap(doors)],
        dependencyTypesNot: ['type-only'],
      },
    },
  ];
  if (packages !== undefined) {
    rules.push({
      name: `${room}: packages`,
      comment: `${room} may use ${packages.join(', ') || 'no package'}`,
      severity: 'error',
      from: { path: inside(room) },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        pathNot: packages.map((name) => `node_modules/${escaped(name)}/`),
      },
    });
  }
  return rules;
}

module.exports = {
  forbidden: [
    ...Object.entries(table).flatMap(roomRules),
    ...[{ to: {} }, { from: { orphan: true }, to: {} }].map(({ from, to }, index) => ({
      name: index === 0 ? 'a room of the table' : 'a room of the table (alone)',
      comment: 'every source file belongs to a room of the table, or to the wiring',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [...Object.keys(table).map(inside), wiring],
        ...from,
      },
      to,
    })),
    {
      name: 'wiring: doors',
      comment: 'the wiring knows concrete classes, and takes them from the rooms’ doors',
      severity: 'error',
      from: { path: wiring },
      to: {
        path: '^(src|apps|test|scripts|bench)/',
        pathNot: [
          wiring,
          '^src/.+/index\\.ts$',
          '^src/cluster/(routing|identity|settings)\\.ts$',
          '^src/stores/[a-z-]+\\.ts$',
        ],
      },
    },
    {
      name: 'nobody imports the wiring',
      severity: 'error',
      from: { path: '^src/', pathNot: wiring },
      to: { path: wiring },
    },
    {
      name: 'no cycles',
      comment: 'cycles of types alone do not run, and are allowed',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'shipped packages',
      comment:
        'the server runs with `dependencies` alone; a development package there breaks an installation',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(ui|tracker)/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
