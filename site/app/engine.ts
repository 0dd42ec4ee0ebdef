/** The worker that computes, as the page calls it. */
import { type ConnectedEngine, connectEngine } from '../engine/client.js';

export function startEngine(): ConnectedEngine {
  const worker = new Worker(new URL('../engine/engine.js', import.meta.url), { type: 'module', name: 'engine' });
  return connectEngine(worker);
}
