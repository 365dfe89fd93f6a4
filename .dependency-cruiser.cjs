/**
 * The rules between the rooms of the source. `npm run check:architecture` applies them, and each one
 * has a folder in test/architecture/fixtures that breaks it.
 *
 * A module is a folder of src, with exceptions: modules stand on http, database and csv, and cli holds the
 * commands that cli.ts starts.
 */
const floors = require('./scripts/rooms.cjs');
const folders = (rooms) => `^src/(${rooms.join('|')})/`;
const startFiles = '^src/((main|serve|cli)\\.ts$|(cli|testing)/)';
const appModule = '^src/app\\.module\\.ts$';
const moduleFiles = '^src/[^/]+/[^/]+\\.module\\.ts$';
const contracts = '^src/[^/]+/contracts\\.ts$';
const foundation = folders(floors[0]);
const storageFiles = [
  '^src/[^/]+/(adapters|migrations)/',
  '^src/(log|messaging|database|retention)/',
  '^src/feed/log-pages',
  '^src/views/(?!entrypoints/)',
  '^src/notifications/(mail|alerts)/(mails|[^/]*(queue|retention|attention))',
];
const stores = ['@nestjs/typeorm', 'typeorm', 'pg', 'ioredis'].map((name) => `(^|/)node_modules/${name}/`);

/** For each floor, and for what is not listed: it imports what is beneath it. */
function roomsImportDownwards() {
  const rule = (from, beneath) => ({
    name: 'rooms-import-downwards',
    comment:
      'A room may import those of the floors beneath it in scripts/rooms.cjs, and no other: what it stands on ' +
      'works without it, so that a room can be added, taken out or broken alone. Listen to the events of the lower ' +
      'room, or implement a port of it.',
    severity: 'error',
    from,
    to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', folders(beneath)] },
  });
  const beneath = (floor) => floors.slice(0, floor).flat();
  return [
    ...floors.map((rooms, floor) => rule({ path: folders(rooms) }, beneath(floor))).slice(1),
    rule({ path: '^src/([^/]+)/', pathNot: folders(floors.flat()) }, floors.flat()),
  ];
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-imports-only-itself',
      comment:
        'The rules of the business outlive every framework and can be tested without one: plain TypeScript, ' +
        'no package, not even one of Node. Hand in what it needs as an argument.',
      severity: 'error',
      from: { path: '^src/([^/]+)/domain/' },
      to: { pathNot: '^src/$1/domain/' },
    },
    {
      name: 'application-imports-domain-and-ports',
      comment:
        'A use case says what happens, not with which technology. Write a port (an abstract class) in ' +
        'application and its implementation in adapters.',
      severity: 'error',
      from: { path: '^src/([^/]+)/application/' },
      to: {
        pathNot: [
          '^src/$1/(domain|application)/',
          '^src/(backoff|correlation|group-by|idempotent-request|ids|syntax|unavailable)\\.ts$',
          '(^|/)node_modules/@nestjs/(common|cqrs)/',
        ],
      },
    },
    {
      name: 'adapters-and-entrypoints-are-strangers',
      comment:
        'What drives the application and what it drives can each be exchanged alone. They meet in the ' +
        'application, through a command or a port.',
      severity: 'error',
      from: { path: '^src/([^/]+)/(adapters|entrypoints)/' },
      to: { path: '^src/$1/(adapters|entrypoints)/', pathNot: '^src/$1/$2/' },
    },
    {
      name: 'stores-stay-behind-adapters',
      comment:
        'Whoever sees the database or Redis depends on its way of failing. Only adapters, the rooms that are ' +
        'about storage, and the queue of the notifications do.',
      severity: 'error',
      from: { path: '^src/', pathNot: storageFiles },
      to: { path: stores },
    },
    {
      name: 'database-serves-adapters',
      comment:
        'Connections, migrations and the errors of PostgreSQL are a matter of storage. Only what may see the ' +
        'database, module files, and what starts the service, import the database room.',
      severity: 'error',
      from: { path: '^src/', pathNot: [...storageFiles, moduleFiles, startFiles, appModule] },
      to: { path: '^src/database/' },
    },
    {
      name: 'http-serves-entrypoints',
      comment:
        'A rule or a handler that knows of HTTP cannot be used from Redis or the command line. Only ' +
        'entrypoints, module files, and what starts the service, import the http room: to answer requests, or to listen ' +
        'to its channels.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/http/', '^src/[^/]+/entrypoints/', moduleFiles, startFiles, appModule],
      },
      to: { path: '^src/http/' },
    },
    {
      name: 'foundation-knows-no-module',
      comment:
        'HTTP, the database and CSV serve every module and so depend on none. What they need of a module it ' +
        'hands over in its module file, or app.module.ts binds it.',
      severity: 'error',
      from: { path: foundation },
      to: {
        path: '^src/',
        pathNot: [
          '^src/$1/',
          '^src/(backoff|config|correlation|database-url|diagnostics|error-text|idempotent-request|ids|manifest|printable|scopes|syntax|tracing|unavailable)\\.ts$',
        ],
      },
    },
    {
      name: 'modules-meet-at-contracts',
      comment:
        'What is not in contracts.ts is a private matter and may change without notice. Export there what ' +
        'others need.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/cli/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', contracts, foundation, '\\.module\\.ts$'] },
    },
    {
      name: 'commands-compose-csv-alone',
      comment:
        'A command speaks to the modules like any other client. allocate-from-csv also composes the allocation ' +
        'with files in the place of the database, and so sees that adapter.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: {
        path: '^src/[^/]+/',
        pathNot: ['^src/cli/', contracts, foundation, '^src/allocation/adapters/csv/'],
      },
    },
    ...roomsImportDownwards(),
    {
      name: 'view-rooms-import-downwards',
      comment:
        'Entrypoints and maintenance stand on projections, availability and queries, and projections ' +
        'show availability what changed. An import the other way ties reading a view to how it is written. Move ' +
        'what both need to the lower room.',
      severity: 'error',
      from: { path: '^src/views/(queries|availability|projections)/' },
      to: { path: '^src/views/(entrypoints|maintenance|projections)/', pathNot: '^src/views/$1/' },
    },
    {
      name: 'app-module-composes',
      comment:
        'One place shows what the service is made of, and a module can be taken out there. Only app.module.ts ' +
        'imports module files, and only the files that start the service import it.',
      severity: 'error',
      from: { path: '^src/', pathNot: [appModule, startFiles] },
      to: { path: '^src/.+\\.module\\.ts$' },
    },
    {
      name: 'shared-files-know-no-module',
      comment:
        'Settings and correlation lie beneath everything. One that knew a module would tie all the others ' +
        'to it.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: [startFiles, appModule] },
      to: { path: '^src/[^/]+/' },
    },
    {
      name: 'no-cycles',
      comment:
        'Files in a cycle can only be understood, tested and moved together, and a decorated class may be ' +
        'undefined when the other file asks for it.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-barrels',
      comment:
        'An index file hides where a thing comes from and drags in all its neighbours. Import the file that ' +
        'has the thing; the one door of a module is contracts.ts.',
      severity: 'error',
      from: { path: '/index\\.ts$' },
      to: {},
    },
    {
      name: 'no-orphans',
      comment: 'A file that imports nothing and that nobody imports is dead. Delete it.',
      severity: 'error',
      from: { path: '^src/', orphan: true },
      to: {},
    },
    {
      name: 'no-test-code-in-src',
      comment: 'The service is built from src alone; an import from test would break it when it starts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-dev-packages-in-src',
      comment:
        'Dev dependencies are not installed where the service runs. List the package under dependencies in ' +
        'package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-unlisted-packages',
      comment:
        'A package that is here only because another one needs it can vanish or change with any update. List ' +
        'it in package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Pages of the board run in browsers, which find files otherwise.
    exclude: { path: '^src/(board/page/|[^/]+/board-panel\\.js$)' },
    // Imports of types count: they tie two rooms together just as values do.
    tsPreCompilationDeps: true,
    // Packages that ship ES modules only have no entry for `require`.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['node', 'import', 'default'] },
    tsConfig: { fileName: `${__dirname}/tsconfig.json` },
  },
};
