/**
 * The table of options: complete by its type, and each option sound by itself. `tsc` compiles this file as part of the
 * tests, so that a line marked as an error that is none does not pass `npm run check`.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type OptionSpec, type OptionTable, onCommandLine, type TotalTable } from '../../src/app/options/option.js';
import { whole } from '../../src/app/options/parsers.js';
import { completeStudyOptions, studyTable } from '../../src/app/options/study-options.js';
import { completeOptions, type TrainCommandOptions, trainTable } from '../../src/app/options/train-options.js';
import { withRecipe } from '../../src/app/recipes.js';
import { toStore } from '../../src/app/runs/run-config.js';
import { scheduleDefaults } from '../../src/train/optimizer/schedule.js';

interface Library {
  readonly epochs?: number;
  readonly seed?: number;
}

const epochs = {
  flag: '--epochs <n>',
  parse: whole(1),
  help: 'passes over the images',
  default: { value: 30 },
  affects: 'goal',
} as const;

test('an option that is forgotten, or declared by halves, does not compile', () => {
  const { help: _help, ...withoutHelp } = epochs;
  const { default: _default, ...withoutDefault } = epochs;
  const { affects: _affects, ...withoutAffects } = epochs;
  const total = { epochs, seed: null } satisfies TotalTable<Library>;
  const tables = [
    total,
    // @ts-expect-error: seed is forgotten
    { epochs } satisfies TotalTable<Library>,
    // @ts-expect-error: it says nothing in the help
    { epochs: withoutHelp, seed: null } satisfies TotalTable<Library>,
    // @ts-expect-error: its default is missing
    { epochs: withoutDefault, seed: null } satisfies TotalTable<Library>,
    // @ts-expect-error: whether it may differ when a run resumes is missing
    { epochs: withoutAffects, seed: null } satisfies TotalTable<Library>,
    // @ts-expect-error: its default is not what the library takes
    { epochs: { ...epochs, default: { value: 'many' } }, seed: null } satisfies TotalTable<Library>,
  ];
  assert.is(tables.length, 6);
  const options = completeOptions({});
  const batch: number = options.batch;
  // @ts-expect-error: patience has no default, so that it may be absent
  const patience: number = options.patience;
  assert.equal([batch, patience], [4, undefined]);
});

const specsOf = (table: OptionTable) =>
  Object.entries(table).filter((entry): entry is [string, OptionSpec] => entry[1] !== null);

for (const [name, table] of Object.entries({ train: trainTable as OptionTable, study: studyTable })) {
  test(`${name}: every default comes out as it is when it is parsed, so that config.json can hold it`, () => {
    for (const [option, { parse, default: preset }] of specsOf(table)) {
      for (const value of 'unset' in preset ? [] : Object.values(preset)) {
        assert.equal(parse(onCommandLine(value)), value, option);
      }
    }
  });

  test(`${name}: every option has a flag of its own, and those with a value say what it is`, () => {
    const specs = specsOf(table);
    const flags = specs.map(([, { flag }]) => flag.split(' ')[0]);
    assert.is(new Set(flags).size, flags.length);
    for (const [option, { flag, help }] of specs) {
      assert.match(flag, /^--[a-z]+(-[a-z]+)*( <[a-z]+>)?$/, option);
      assert.ok(help.length > 0 && !help.endsWith('.'), option);
    }
  });
}

test('defaults with a data set, and on the phantom; what is given goes before', () => {
  const [mine, phantom] = [completeOptions({ data: 'scans' }), completeOptions({})];
  assert.equal([mine.epochs, mine.learningRate, mine.norm, mine.augment], [30, 3e-4, 'none', 'none']);
  assert.equal([phantom.epochs, phantom.learningRate, phantom.norm, phantom.augment], [8, 2e-3, 'group', 'flip']);
  assert.is(completeOptions({ epochs: 3, norm: undefined }).epochs, 3);
  assert.is(completeOptions({ epochs: 3, norm: undefined }).norm, 'group');
});

test('images are brought to a size, unless patches are cut out of them', async () => {
  assert.is(completeOptions({ size: undefined, patch: undefined }).size, 128);
  assert.is(completeOptions({ patch: 64 }).size, undefined);
  const ofRecipe = async (given: Partial<TrainCommandOptions>) =>
    (await withRecipe({ ...given, recipe: 'brain-tumour' as const })).size;
  assert.is(await ofRecipe({ patch: 64 }), undefined);
  assert.is(await ofRecipe({}), 128);
});

test('a loss over the batch is computed over the mini-batch, unless the call says otherwise', () => {
  const loss = 'dice(batch)';
  assert.is(completeOptions({ data: 'scans', loss }).microBatch, 16);
  assert.is(completeOptions({ data: 'scans', loss, batch: 6 }).microBatch, 6);
  assert.is(completeOptions({ data: 'scans', loss, microBatch: 2 }).microBatch, 2);
});

test('what is stored: no option of the call alone, and none that is absent', () => {
  const call = { out: 'run', force: true, json: true, quiet: true, wait: 3, continue: true };
  const stored = toStore(trainTable, completeOptions({ ...call, data: 'scans', emaDecay: 0.9 }));
  assert.equal(
    Object.keys(call).filter((name) => name in stored),
    [],
  );
  assert.equal([stored.data, stored.emaDecay, stored.learningRate], ['scans', 0.9, 3e-4]);
  assert.equal(
    ['patience', 'power', 'splitSizes'].filter((name) => name in stored),
    [],
  );
  assert.is(toStore(trainTable, completeOptions({})).data, null);
});

test('a study stores what its runs have in common, and not what its arms decide', () => {
  const stored = toStore(studyTable, completeStudyOptions({ seeds: [1, 2], out: 'st' }));
  assert.equal([stored.folds, stored.seeds, stored.compare, stored.epochs], [5, [1, 2], 'family', 8]);
  assert.equal(
    ['skips', 'deepSupervision', 'out', 'recipe'].filter((name) => name in stored),
    [],
  );
});

test('the options of schedules and optimizers that have no value in config.json have the default of the library', () => {
  for (const name of ['power', 'plateauPatience', 'plateauFactor'] as const) {
    assert.equal(trainTable[name].default, { unset: String(scheduleDefaults[name]) });
    assert.is(trainTable[name].parse(String(scheduleDefaults[name])), scheduleDefaults[name]);
  }
});

test.run();
