/**
 * What the application asks of `#platform/…` has the same types in Node and in browsers: this file compiles where that is
 * so. TypeScript itself sees the side of Node only; that each name is there, a page's bundle shows.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as NodeData from '../../../src/platform/node/data.js';
import type * as NodeAround from '../../../src/platform/node/files/around.js';
import type * as NodeStore from '../../../src/platform/node/files/folder-store.js';
import type * as NodeFolders from '../../../src/platform/node/files/folders.js';
import type * as NodeOutputs from '../../../src/platform/node/files/outputs.js';
import type * as NodePaths from '../../../src/platform/node/files/paths.js';
import type * as NodeRead from '../../../src/platform/node/files/read.js';
import type * as NodeHash from '../../../src/platform/node/hash-parts.js';
import type * as NodeHost from '../../../src/platform/node/host.js';
import type * as NodeLock from '../../../src/platform/node/lock/lock.js';
import type * as NodeModels from '../../../src/platform/node/named-models.js';
import type * as NodeCores from '../../../src/platform/node/threads/cores.js';
import type * as NodeGpu from '../../../src/platform/node/webgpu/backend.js';
import type * as WebData from '../../../src/platform/web/data.js';
import type * as WebAround from '../../../src/platform/web/files/around.js';
import type * as WebStore from '../../../src/platform/web/files/folder-store.js';
import type * as WebFolders from '../../../src/platform/web/files/folders.js';
import type * as WebOutputs from '../../../src/platform/web/files/outputs.js';
import type * as WebPaths from '../../../src/platform/web/files/paths.js';
import type * as WebRead from '../../../src/platform/web/files/read.js';
import type * as WebHash from '../../../src/platform/web/hash-parts.js';
import type * as WebHost from '../../../src/platform/web/host.js';
import type * as WebLock from '../../../src/platform/web/lock/lock.js';
import type * as WebModels from '../../../src/platform/web/named-models.js';
import type * as WebCores from '../../../src/platform/web/threads/cores.js';
import type * as WebGpu from '../../../src/platform/web/webgpu/backend.js';

/** True where the web side may stand for Node's, as far as it is asked for. */
type Same<Node, Web extends Pick<Node, Name & keyof Node>, Name> = Web extends never
  ? never
  : Name extends keyof Node
    ? true
    : false;

type Platform = readonly [
  Same<typeof NodeData, typeof WebData, 'openDataset'>,
  Same<typeof NodeAround, typeof WebAround, 'dataFolderAt'>,
  Same<typeof NodeStore, typeof WebStore, 'openFolder'>,
  Same<typeof NodeFolders, typeof WebFolders, 'ensureDirectory' | 'isLeftBehind' | 'missingFolders'>,
  Same<typeof NodeOutputs, typeof WebOutputs, 'Outputs' | 'makeFolder' | 'replaceUnchanged'>,
  Same<typeof NodePaths, typeof WebPaths, 'exists' | 'join'>,
  Same<typeof NodeRead, typeof WebRead, 'readBytes' | 'readFileChecked'>,
  Same<typeof NodeHash, typeof WebHash, 'hashParts'>,
  Same<typeof NodeHost, typeof WebHost, 'availableMemory' | 'residentMemory'>,
  Same<typeof NodeLock, typeof WebLock, 'lockFolder'>,
  Same<typeof NodeModels, typeof WebModels, 'findModel'>,
  Same<typeof NodeCores, typeof WebCores, 'availableCores'>,
  Same<typeof NodeGpu, typeof WebGpu, 'findAdapter'>,
];

test('both platforms have exports of the same types', () => {
  const same: Platform = [true, true, true, true, true, true, true, true, true, true, true, true, true];
  assert.ok(same.every(Boolean));
});

test.run();
