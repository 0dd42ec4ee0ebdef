/** The form of an epoch's report, as a line of metrics.jsonl holds it. */
import { count, type Form, form, listOf, number, object, optional, text, truth } from '../base/form.js';
import type { Evaluation, HeadScores } from '../evaluate/evaluate.js';
import type { ClassScores, DistanceScores, Scores } from '../evaluate/metrics.js';
import type { EpochReport } from './report.js';
import type { Losses } from './step/losses.js';

/** A form for each field, so that none is forgotten. */
type Fields<T> = { readonly [K in keyof Required<T>]: Form };

/** What a training has not: it measures neither distances, nor objects, nor the scores of single images, and chooses no postprocessing. */
type Absent =
  | keyof DistanceScores
  | 'objects'
  | 'pooledObjects'
  | 'perImage'
  | 'patients'
  | 'distanceUnit'
  | 'postprocessing';

const classScores: Fields<Omit<ClassScores, Absent>> = {
  dice: number,
  iou: number,
  precision: number,
  sensitivity: number,
  specificity: number,
  pooledDice: number,
  pooledIou: number,
  pooledPrecision: number,
  pooledSensitivity: number,
  pooledSpecificity: number,
};

const scores: Fields<Omit<Scores, Absent>> = {
  ...classScores,
  perClass: optional(listOf(object({ class: count, ...classScores }))),
};

const head: Fields<Omit<HeadScores, Absent>> = {
  head: text,
  threshold: number,
  ...scores,
};

const evaluation: Fields<Omit<Evaluation, Absent>> = {
  images: count,
  mode: text,
  threshold: number,
  loss: number,
  heads: listOf(object(head)),
  ...scores,
};

const losses: Fields<Losses> = { total: number, heads: listOf(number) };

const report: Fields<EpochReport> = {
  epoch: count,
  epochs: count,
  training: object(losses),
  validation: object(evaluation),
  best: truth,
  bestEpoch: count,
  learningRate: number,
  seconds: number,
  imagesPerSecond: number,
  end: optional(form('"epochs" or "patience"', (end) => end === 'epochs' || end === 'patience')),
};

export const REPORT = object(report);
