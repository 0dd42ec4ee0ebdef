/** The worker that computes for the page: serves `Engine`. */
import { InputError } from '../../src/base/errors.js';
import { few } from '../../src/base/quantities.js';
import { prepareBackends } from '../../src/platform/web/backends.js';
import { copyData } from '../../src/platform/web/files/copy-data.js';
import { type Endpoint, serve } from '../../src/platform/web/remote.js';
import { reportViolations } from '../privacy/violations.js';
import { bundledModels } from './bundled.js';
import { servedBy } from './client.js';
import { createEngine } from './methods.js';

/** The version of the package; the build puts it in. */
declare const VERSION: string;

const engine = createEngine({
  version: VERSION,
  prepare: (warn) => prepareBackends({ warn }),
  copyData,
  async bundled(name) {
    const url = Object.hasOwn(bundledModels, name) ? bundledModels[name as keyof typeof bundledModels] : undefined;
    if (!url)
      throw new InputError(
        `${name}: no model of this name comes with the page; there are ${few(Object.keys(bundledModels))}`,
      );
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return new Uint8Array(await response.arrayBuffer());
    throw new InputError(`${name}: this model is not to be had now; try again when you are online`);
  },
});

reportViolations();
serve(servedBy(engine), self as unknown as Endpoint);
