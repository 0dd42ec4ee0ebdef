/** The SIMD kernels: raw addresses in bytes, sizes in elements; no allocation, no static data, no module state. */
export { relu, reluGrad, sigmoid, sigmoidGrad, softmax, softmaxGrad } from './activation';
export { scale, weightedSum } from './arithmetic';
export { copyChannels } from './concatenation';
export { conv2d, conv2dGradInput, conv2dGradWeight, packFilters, packFiltersTransposed } from './convolution';
export { dropout } from './dropout';
export { bceDice, bceDiceGrad } from './loss';
export { ceDice, ceDiceGrad } from './loss-classes';
export { moments, momentsGrad, normalize, normalizeGrad } from './normalization';
export { adam, lerp, norm, sgd } from './optimizer';
export { peak } from './peak';
export { maxPool2d, maxPool2dGrad } from './pooling';
export {
  convTranspose2d,
  convTranspose2dGradInput,
  convTranspose2dGradWeight,
  packTaps,
  packTapsTransposed,
} from './transposed';
export { bilinear, bilinearGrad, nearest, nearestGrad } from './upsampling';
export {
  winogradConvolution,
  winogradFilters,
  winogradFiltersTransposed,
  winogradGradWeight,
} from './winograd';
