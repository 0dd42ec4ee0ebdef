/** A page that is connected with the engine, for tests to call. */
import { connectEngine } from '../../../site/engine/client.js';

Object.assign(globalThis, { engine: connectEngine(new Worker('/worker.js', { type: 'module' })) });
