/** The library in a browser: the core, backends with threads, and models that compute beside the page. */

export type { Threads } from './backend/names.js';
export * from './core.js';
export { createWebBackend, type WebBackendOptions } from './platform/web/create-backend.js';
export {
  type LoadModelOptions,
  loadModel,
  type Segmentation,
  type SegmentOptions,
  segment,
  type WebModel,
} from './platform/web/segment/model.js';
export type { Picture } from './platform/web/segment/sources.js';
export { whyOneThread } from './platform/web/threads/isolation.js';
export type { WebUrls } from './platform/web/urls.js';
