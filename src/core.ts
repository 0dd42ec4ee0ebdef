/** The library without anything from Node, which browsers can run as it is. */
export type {
  Allocator,
  Backend,
  ForecastOptions,
  MemoryPlan,
  Program,
  Storage,
  Values,
} from './backend/backend.js';
export { BackendLostError } from './backend/lost.js';
export { type Precision, ReferenceBackend } from './backend/reference.js';
export { type NdArray, run } from './backend/run.js';
export { Scope } from './backend/scope.js';
export { WasmBackend } from './backend/wasm/backend.js';
export type { Job, TeamOptions, TeamThreads, ThreadInit } from './backend/wasm/team/team.js';
export { TeamThread } from './backend/wasm/team/team-thread.js';
export { type GpuProgram, WebGpuBackend } from './backend/webgpu/backend.js';
export {
  DeviceLostError,
  type DeviceOptions,
  NoDeviceError,
  type OpenDevice,
  openDevice,
} from './backend/webgpu/device.js';
export { checkWebGpu } from './backend/webgpu/self-check.js';
export { InputError } from './base/errors.js';
export { fold, type Key, Random, seedKey } from './base/random.js';
export {
  type Augment,
  type Augmentation,
  type AugmentationName,
  augment,
  parseAugmentations,
} from './data/augment/augment.js';
export { classShares } from './data/class-shares.js';
export type { Dataset, Patches, Sample, Sampler } from './data/dataset.js';
export { type FileEntry, type Files, UnlistedFolder } from './data/folder/files.js';
export type { Field, Hdf5Reader, NumberArray } from './data/folder/hdf5.js';
export { type DatasetOptions, readDataset } from './data/folder/read-dataset.js';
export { type PatchSamplerOptions, patchSampler } from './data/patch-sampler.js';
export { type SyntheticOptions, syntheticDataset } from './data/phantom/phantom.js';
export type { ImageRecord, ImageRecords, LabelledImage, Origin } from './data/record.js';
export { type ResizeSamplerOptions, resizeSampler } from './data/resize-sampler.js';
export { type SamplingOptions, samplerOf } from './data/sampler.js';
export { drawFolds, splitOfFold } from './data/split/folds.js';
export type { DrawnSplit, SplitPlan, SplitUnit } from './data/split/plan.js';
export type { Split, Subset } from './data/split/split.js';
export {
  type ChoosePostprocessingOptions,
  choosePostprocessing,
  type PostprocessingChoice,
  type PostprocessingScore,
  type PostprocessingTrial,
  postprocessingsOf,
} from './evaluate/choose-postprocessing.js';
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
  type ModeComparison,
} from './evaluate/compare-modes.js';
export { type EvaluateOptions, type Evaluation, evaluate, type HeadScores } from './evaluate/evaluate.js';
export type { ClassScores, ImageScores, Scores } from './evaluate/metrics.js';
export type { ObjectScores } from './evaluate/objects.js';
export type { PatientScores } from './evaluate/patients.js';
export { type SurfaceDistances, surfaceDistances } from './evaluate/surface-distance.js';
export { exportOnnx, type OnnxOptions } from './export/onnx/onnx.js';
export type { ImageHeader, OpenedImage, OpenOptions, Segments, StoredImage } from './formats/format.js';
export { decodeImage, openImage } from './formats/formats.js';
export { encodePng } from './formats/png/encode.js';
export { decodePng } from './formats/png/png.js';
export { readSafetensors, type StoredTensor, writeSafetensors } from './formats/safetensors.js';
export { sliceSource } from './formats/slice-source.js';
export { type ByteSource, sourceOf } from './formats/source.js';
export { backward } from './graph/autodiff.js';
export { Graph, liveLeaves, liveNodes, type Node, type Op, record, type Tensor } from './graph/graph.js';
export { type Plan, type PlanOptions, plan } from './graph/plan.js';
export type { Shape } from './graph/shape.js';
export type { Image, ImageData, Spacing } from './image/image.js';
export type { ImageSource, ReadableImage } from './image/image-source.js';
export { type Normalisation, normalisations } from './image/normalise.js';
export { type Plane, planes } from './image/plane.js';
export { type Postprocessing, postprocess } from './image/postprocessing.js';
export type { Fit, Preprocessing } from './image/prepare.js';
export type { Window } from './image/window.js';
export { importOnnx } from './import/onnx/import-onnx.js';
export type { InferenceGraph, InferenceSize } from './infer/inference.js';
export type { Instance, Instances } from './infer/instances.js';
export type { MaskRule } from './infer/masks.js';
export type { Bands } from './infer/own-size.js';
export { type Prediction, toMask } from './infer/prediction.js';
export type { TilePlan, Tiling } from './infer/tiles.js';
export { type Tta, ttas } from './infer/tta.js';
export type { LossOptions } from './loss/loss.js';
export { lossText, parseLoss } from './loss/loss-text.js';
export type { ModelCard, TrainingSummary } from './model/card.js';
export { Ensemble, ensemble } from './model/ensemble.js';
export { type Initialised, initialiseFrom } from './model/initialise-from.js';
export { createModel, Model, type PredictOptions } from './model/model.js';
export { decodeModel, encodeModel, weightsSha256 } from './model/modelfile.js';
export { type MaskOptions, maskRuleOf, type Postprocessings } from './model/postprocessing.js';
export { prune } from './model/prune.js';
export {
  type Recommendation,
  type RecommendationScore,
  recommendationScores,
} from './model/recommendation.js';
export { type Cost, type NetworkCost, predictionCost, type Summary, summarize } from './model/summary.js';
export { type Thresholds, thresholdOf } from './model/threshold.js';
export { type EncodeOptions, importTorch } from './model/torch.js';
export { type WeightFormat, weightFormats } from './model/weight-formats.js';
export { defaultConfig, depthOf, levelsOf, type ModelConfig, parseConfig } from './network/config.js';
export { type Initialisation, initialisations } from './network/initialisation.js';
export { type Mode, type Output, parseMode } from './network/mode.js';
export { type Head, type Network, recordNetwork } from './network/network.js';
export { countParameters, listParameters } from './network/parameters.js';
export * from './ops/index.js';
export { type DataFacts, gatherFacts, type LookOptions } from './plan/facts.js';
export { type Choices, chooseOptions } from './plan/plan.js';
export type { Limits, PlannedOptions } from './plan/rule.js';
export { holm } from './study/holm.js';
export { type SignedRankTest, signedRankTest } from './study/wilcoxon.js';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './train/checkpoint/checkpoint.js';
export { type TrainingMemory, trainingMemory } from './train/memory.js';
export type { RunObserver, RunStart, StepReport } from './train/observer.js';
export { type OptimizerName, type OptimizerOptions, optimizers } from './train/optimizer/optimizer.js';
export { type ScheduleName, type ScheduleOptions, schedules } from './train/optimizer/schedule.js';
export type { TrainOptions, TrainProgress } from './train/options.js';
export { type RangePoint, type RangeTest, rangeTest } from './train/range-test.js';
export type { EpochReport } from './train/report.js';
export { trainModel } from './train/trainer.js';

/**
 * TypeScript declares WebAssembly only with the DOM, and WebGPU only in late versions. Elsewhere these names suffice; where
 * they are declared, these merge with them.
 */
declare global {
  interface GPU {}
  interface GPUDevice {}
  interface Navigator {
    readonly gpu: GPU;
  }
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
}
