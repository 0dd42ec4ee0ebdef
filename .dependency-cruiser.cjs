/**
 * Imports run one way: base <- graph <- ops <- backend <- model <- train <- study <- report <- cli. A rule names what a
 * folder may not import; what it may is everything else below it.
 */
const above = {
  base: 'graph|ops|backend|image|files|data|model|train|study|export|report|node|cli',
  graph: 'ops|backend|image|files|data|model|train|study|export|report|node|cli',
  ops: 'backend|image|files|data|model|train|study|export|report|node|cli',
  backend: 'image|files|data|model|train|study|export|report|node|cli',
  image: 'graph|ops|backend|files|data|model|train|study|export|report|node|cli',
  files: 'graph|ops|backend|image|data|model|train|study|export|report|node|cli',
  data: 'graph|ops|backend|files|model|train|study|export|report|cli',
  model: 'files|data|train|study|export|report|node|cli',
  train: 'study|export|report|node|cli',
  study: 'export|report|node|cli',
  export: 'files|data|train|study|report|node|cli',
  report: 'graph|ops|backend|files|data|model|train|study|export|node|cli',
  node: 'image|files|data|model|train|study|export|report|cli',
};

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '^test/|\\.d\\.ts$' }, to: {} },
    { name: 'nothing-unresolved', severity: 'error', from: { pathNot: '^assembly/' }, to: { couldNotResolve: true } },
    ...Object.entries(above).map(([folder, others]) => ({
      name: `${folder}-imports-downwards`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: `^src/(${others})/` },
    })),
    {
      name: 'core-runs-in-browsers',
      comment: 'base, graph, ops, backend, image, model and export import nothing from Node',
      severity: 'error',
      from: { path: '^(src/(base|graph|ops|backend|image|model|export)/|reference/)' },
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
      to: { path: '^test/', pathNot: '^test/cases' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
