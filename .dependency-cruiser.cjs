/** Imports run one way, without cycles: each folder of src may import itself and the folders named here. */
const mayImport = {
  base: '',
  image: 'base',
  graph: 'base',
  ops: 'base graph',
  backend: 'base graph ops',
  formats: 'base image',
  selftest: 'base graph ops backend formats',
  network: 'base image graph ops backend',
  infer: 'base image graph ops backend network',
  model: 'base image graph ops backend formats network infer',
  data: 'base image formats',
  loss: 'base graph ops network model',
  evaluate: 'base image graph ops backend network infer model data loss',
  train: 'base image graph ops backend formats network infer model data loss evaluate',
  study: 'base image network infer model data loss evaluate train',
  plan: 'base image network data loss train',
  report: 'base image',
  export: 'base image graph ops backend formats network infer model report',
  import: 'base image graph ops formats network infer model export',
  platform: 'base image graph ops backend formats network infer model data loss evaluate train study import',
  app: 'base image graph ops backend formats network infer model data loss evaluate train study plan export import report selftest platform index',
  cli: 'base image graph ops backend formats network infer model data loss evaluate train study plan export import report selftest platform app index',
};

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '^test/|\\.d\\.ts$' }, to: {} },
    // bench/peers is a package of its own, whose dependencies are installed there.
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { pathNot: '^(assembly|bench/peers)/' },
      to: { couldNotResolve: true },
    },
    ...Object.entries(mayImport).map(([folder, others]) => ({
      name: `${folder}-imports-downwards`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...others.split(' ').filter(Boolean)].join('|')})(\\.ts)?(/|$)` },
    })),
    {
      name: 'core-runs-in-browsers',
      comment: 'all but the platform and what stands above it in the list imports nothing from Node',
      severity: 'error',
      from: {
        path: '^(src/(base|image|graph|ops|backend|selftest|formats|network|infer|model|data|loss|evaluate|train|study|plan|export|import|report)/|src/core\\.ts$|reference/)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'app-is-no-command-line',
      comment:
        'the application works for a page or a cluster, too: no disk but by the platform, no terminal, no commander',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { path: '^commander$|node_modules/commander/' },
    },
    {
      name: 'app-leaves-node-to-the-platform',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'reference-knows-types-of-ops-only',
      severity: 'error',
      from: { path: '^reference/' },
      to: { path: '^(src|assembly|workers|test|bench)/', pathNot: '^src/ops/' },
    },
    {
      name: 'reference-imports-no-values',
      severity: 'error',
      from: { path: '^reference/' },
      to: { path: '^src/ops/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-backend-and-tests-use-the-reference',
      severity: 'error',
      from: { pathNot: '^(src/backend|reference|test|bench)/' },
      to: { path: '^reference/' },
    },
    {
      name: 'assembly-stands-alone',
      severity: 'error',
      from: { path: '^assembly/' },
      to: { pathNot: '^assembly/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(src|reference|assembly|workers|bench)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(site/)?dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
