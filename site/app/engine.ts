/** The engine as the page sees it: functions that give promises. */
import type { Answer, Engine } from '../engine/engine.js';

/** Starts the worker that computes. Every function of the engine that is called is asked of it. */
export function startEngine(): Engine {
  const worker = new Worker(new URL('../engine/engine.js', import.meta.url), { type: 'module', name: 'engine' });
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  worker.onerror = ({ message }) => {
    for (const [id, answered] of waiting)
      answered({ id, error: `The engine has ended: ${message || 'no reason given'}` });
    waiting.clear();
  };
  const ask = (name: keyof Engine, given: readonly unknown[]) =>
    new Promise((done, fail) => {
      const id = asked++;
      waiting.set(id, (answer) => ('error' in answer ? fail(new Error(answer.error)) : done(answer.value)));
      worker.postMessage({ id, name, given });
    });
  const functions = (['start', 'look', 'train', 'stop', 'forget'] as const satisfies readonly (keyof Engine)[]).map(
    (name) => [name, (...given: readonly unknown[]) => ask(name, given)] as const,
  );
  return Object.fromEntries(functions) as unknown as Engine;
}
