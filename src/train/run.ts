/**
 * The folder of a training run:
 *
 *     model.safetensors   the best model so far
 *     metrics.jsonl       one object an epoch
 *     config.json         what was asked for
 */
import { join } from 'node:path';
import { appendLine, ensureDirectory, writeFileAtomic, writeTextAtomic } from '../files/atomic.js';
import type { Model } from '../model/model.js';
import { encodeModel } from '../model/modelfile.js';
import type { EpochReport } from './trainer.js';

export class RunFolder {
  private constructor(readonly path: string) {}

  /** The best model's file. */
  get model(): string {
    return join(this.path, 'model.safetensors');
  }

  /**
   * Makes the folder, begins its metrics anew and writes `config` into it.
   * @throws InputError that names the path and the reason
   */
  static async create(path: string, config: Readonly<Record<string, unknown>>): Promise<RunFolder> {
    await ensureDirectory(path);
    await writeTextAtomic(join(path, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
    await writeTextAtomic(join(path, 'metrics.jsonl'), '');
    return new RunFolder(path);
  }

  /** Writes down an epoch: its metrics, and the model where it is the best. Call it while the report is looked at. */
  async add(report: EpochReport, model: Model): Promise<void> {
    await appendLine(join(this.path, 'metrics.jsonl'), JSON.stringify(report));
    if (report.best) await writeFileAtomic(this.model, await encodeModel(model));
  }
}
