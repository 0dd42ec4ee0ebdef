/** The panels that need a model, which are loaded with the first one. */
export { ComparePanel } from './compare/compare-panel.js';
export { NetworkPanel } from './network/network-panel.js';
