/** Options of a run: what it is measured on, where its folder is, and when it writes a checkpoint or logs a step. */
import { logList } from '../watch/log-targets.js';
import type { OptionTable } from './option.js';
import { onOrOff, path, positive, whole } from './parsers.js';

/** The options of every command that writes. */
export const forceOptions = {
  force: {
    flag: '--force',
    parse: onOrOff,
    help: 'replace files that unetpp did not write',
    default: { unset: '' },
    affects: 'output',
  },
} as const satisfies OptionTable;

export const runOptions = {
  test: {
    flag: '--test',
    parse: onOrOff,
    help: 'measure the best model on the test images at the end',
    negated: 'do not measure it on them',
    default: { unset: 'off, or as the recipe says' },
    affects: 'goal',
  },
  out: {
    flag: '--out <dir>',
    parse: path,
    help: 'new folder for the model and the report',
    default: { unset: 'runs/NAME, numbered' },
    affects: 'output',
  },
  ...forceOptions,
  resume: {
    flag: '--resume <dir>',
    parse: path,
    help: 'continue the run in this folder with its options; --epochs may be larger',
    default: { unset: '' },
    affects: 'output',
  },
  continue: {
    flag: '--continue',
    parse: onOrOff,
    help: 'start the run in --out, or continue it: the same command can be repeated',
    default: { unset: '' },
    affects: 'output',
  },
  wait: {
    flag: '--wait <seconds>',
    parse: positive({ zero: true }),
    help: 'how long to wait for a folder in use',
    default: { unset: 'only until it is clear whether it is' },
    affects: 'output',
  },
  checkpointSteps: {
    flag: '--checkpoint-steps <n>',
    parse: whole(1),
    help: 'write a checkpoint after so many steps, too, not only after each epoch',
    default: { unset: '' },
    affects: 'speed',
  },
  checkpointMinutes: {
    flag: '--checkpoint-minutes <n>',
    parse: positive(),
    help: 'write one after so many minutes, too',
    default: { unset: '' },
    affects: 'speed',
  },
  logSteps: {
    flag: '--log-steps <n>',
    parse: whole(1),
    help: 'log loss, learning rate and gradient norm of every n-th step in steps.jsonl',
    default: { unset: '' },
    affects: 'output',
  },
  log: {
    flag: '--log <list>',
    parse: logList,
    help: 'where to watch the training: tensorboard (event files), mlflow (a tracking server), live (a page on this machine, which ends as report.html), report (report.html alone)',
    default: { unset: '' },
    affects: 'output',
  },
} as const satisfies OptionTable;
