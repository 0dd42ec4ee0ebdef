/** The SIMD kernels: raw addresses in bytes, sizes in elements; no allocation, no static data, no module state. */
export { relu, reluGrad, sigmoid, sigmoidGrad, softmax, softmaxGrad } from './activation';
export { scale, weightedSum } from './arithmetic';
export { copyChannels } from './concatenation';
export { conv2d, conv2dGradInput, conv2dGradWeight, packFilters, packFiltersTransposed } from './convolution';
export { binaryCrossEntropy, binaryCrossEntropyGrad } from './cross-entropy';
export { crossEntropy, crossEntropyGrad } from './cross-entropy-classes';
export { dropout } from './dropout';
export { binaryLovasz, binaryLovaszGrad } from './lovasz';
export { lovasz, lovaszGrad } from './lovasz-classes';
export { moments, momentsGrad, normalise, normaliseGrad } from './normalisation';
export { adam, clipRates, lerp, norm, sgd } from './optimizer';
export { columnSums } from './outer';
export { peak } from './peak';
export { maxPool2d, maxPool2dGrad } from './pooling';
export { setClassWeight } from './softmax-block';
export {
  convTranspose2d,
  convTranspose2dGradInput,
  convTranspose2dGradWeight,
  packTaps,
  packTapsTransposed,
} from './transposed';
export { binaryTversky, binaryTverskyGrad } from './tversky';
export { tversky, tverskyGrad } from './tversky-classes';
export { bilinear, bilinearGrad, nearest, nearestGrad } from './upsampling';
export { winogradFilters, winogradFiltersTransposed, winogradTaps } from './winograd-filters';
export { winogradPixels } from './winograd-pixels';
export { winogradGradientPoints, winogradPoints } from './winograd-points';
export { winogradAddProducts, winogradProducts } from './winograd-products';
