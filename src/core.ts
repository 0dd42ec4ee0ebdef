/** The library without anything from Node: what a browser can run as it stands. */
export type {
  Allocator,
  Backend,
  MemoryPlan,
  Planner,
  PlannerOptions,
  Program,
  Storage,
  Values,
} from './backend/backend.js';
export { type Precision, ReferenceBackend } from './backend/reference.js';
export { type NdArray, run } from './backend/run.js';
export { Scope } from './backend/scope.js';
export { planFor, WasmBackend } from './backend/wasm/backend.js';
export type { Crew, Job, Membership, TeamOptions } from './backend/wasm/team.js';
export { Member } from './backend/wasm/team-member.js';
export { InputError } from './base/errors.js';
export type { Image, ImageData } from './base/image.js';
export { fold, type Key, Random, seedKey } from './base/random.js';
export {
  type ChooseThresholdOptions,
  chooseThresholds,
  type ThresholdChoice,
  type ThresholdPoint,
  thresholdsOf,
} from './evaluate/choose-threshold.js';
export {
  type ComparedMode,
  type CompareModesOptions,
  compareModes,
  type ModeComparison as Comparison,
} from './evaluate/compare-modes.js';
export { type EvaluateOptions, type Evaluation, evaluate, type HeadScores } from './evaluate/evaluate.js';
export type { ClassScores, ImageScores, Scores } from './evaluate/metrics.js';
export { type SurfaceDistances, surfaceDistances } from './evaluate/surface-distance.js';
export { exportOnnx, type OnnxOptions } from './export/onnx.js';
export { readSafetensors, type StoredTensor, writeSafetensors } from './formats/safetensors.js';
export { backward } from './graph/autodiff.js';
export { Graph, liveLeaves, liveNodes, type Node, type Op, record, type Tensor } from './graph/graph.js';
export { type Plan, type PlanOptions, plan } from './graph/plan.js';
export type { Shape } from './graph/shape.js';
export type { Spacing } from './image/distance.js';
export { type Normalisation, normalisations } from './image/normalise.js';
export type { LossOptions } from './loss/loss.js';
export { lossText, parseLoss } from './loss/loss-text.js';
export { defaultConfig, depthOf, levelsOf, type ModelConfig, parseConfig } from './model/config.js';
export { type Initialisation, initialisations } from './model/initialisation.js';
export { type Mode, type Output, parseMode } from './model/mode.js';
export { createModel, Model, type PredictOptions, type TrainingSummary } from './model/model.js';
export { decodeModel, encodeModel, weightsSha256 } from './model/modelfile.js';
export { type Head, type Network, recordNetwork } from './model/network.js';
export { countParameters, listParameters } from './model/parameters.js';
export { type Prediction, toMask } from './model/prediction.js';
export type { Preprocessing } from './model/preprocessing.js';
export { prune } from './model/prune.js';
export {
  type Recommendation,
  type RecommendationScore,
  recommendationScores,
} from './model/recommendation.js';
export { type Cost, type Summary, summarize } from './model/summary.js';
export { type Thresholds, thresholdOf } from './model/threshold.js';
export { importTorch } from './model/torch.js';
export * from './ops/index.js';
export { holm } from './study/holm.js';
export { type SignedRankTest, signedRankTest } from './study/wilcoxon.js';
export type { Checkpoint } from './train/checkpoint.js';
export { type TrainingMemory, trainingMemory } from './train/memory.js';
export type { RunObserver, RunStart, StepReport } from './train/observer.js';
export { type OptimizerName, type OptimizerOptions, optimizers } from './train/optimizer.js';
export type { TrainOptions, TrainProgress as Progress } from './train/options.js';
export type { EpochReport } from './train/report.js';
export { type ScheduleName, type ScheduleOptions, schedules } from './train/schedule.js';
export { trainModel } from './train/trainer.js';

/** TypeScript declares WebAssembly with the DOM alone. In Node these names suffice; where the DOM is, they merge with its. */
declare global {
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
}
