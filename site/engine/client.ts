/** The engine as the page calls it: what runs in a worker, behind the interface of `Engine`. */
import { connect, type Endpoint } from '../../src/platform/web/remote.js';
import type { Engine, TrainingEvents } from './protocol.js';

/** What calls back events by their names: functions can be posted one by one, but not as the methods of an object. */
export type Tell = <Name extends keyof TrainingEvents>(name: Name, ...told: Parameters<TrainingEvents[Name]>) => void;

/** The methods that the worker serves: those of `Engine`, with one function in place of the events of a training. */
export type ServedEngine = Omit<Engine, 'train' | 'resume'> & {
  train(
    data: Parameters<Engine['train']>[0],
    given: Parameters<Engine['train']>[1],
    tell: Tell,
  ): ReturnType<Engine['train']>;
  resume(run: string, tell: Tell): ReturnType<Engine['resume']>;
};

/** An engine that can be ended with its worker. */
export interface ConnectedEngine extends Engine {
  close(reason?: string): void;
}

/** Returns the engine that a worker serves. */
export function connectEngine(worker: Endpoint): ConnectedEngine {
  const served = connect<ServedEngine>(worker);
  const engine = served as unknown as ConnectedEngine;
  return new Proxy(engine, {
    get(_, name) {
      if (name === 'train')
        return (...[data, given, events]: Parameters<Engine['train']>) => served.train(data, given, telling(events));
      if (name === 'resume')
        return (...[run, events]: Parameters<Engine['resume']>) => served.resume(run, telling(events));
      return engine[name as keyof ConnectedEngine];
    },
  });
}

/** Makes the methods that a worker serves of those of an engine. */
export function servedBy(engine: Engine): ServedEngine {
  return {
    ...engine,
    train: (data, given, tell) => engine.train(data, given, eventsOf(tell)),
    resume: (run, tell) => engine.resume(run, eventsOf(tell)),
  };
}

function telling(events: TrainingEvents): Tell {
  return (name, ...told) => (events[name] as (...values: unknown[]) => void)(...told);
}

function eventsOf(tell: Tell): TrainingEvents {
  return {
    ready: (facts) => tell('ready', facts),
    progress: (progress) => tell('progress', progress),
    step: (step) => tell('step', step),
    epoch: (report, examples) => tell('epoch', report, examples),
    remark: (text) => tell('remark', text),
  };
}
