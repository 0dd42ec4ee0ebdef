/** `--log live`: a page on this machine while the training runs, which ends as report.html. `--log report`: that alone. */
import { openFolder } from '#platform/files/folder-store.js';
import { bytesOf } from '../../base/bytes.js';
import { parsePngHeader } from '../../formats/png/header.js';
import { PageServer } from '../../platform/node/watch/page-server.js';
import { readPageParts } from '../../platform/node/watch/report-page.js';
import { contentPolicy, runPageHtml } from '../../report/page/html.js';
import type { PagePicture, PageStep } from '../../report/page/run-page.js';
import type { RunStart, StepReport } from '../../train/observer.js';
import type { EpochReport } from '../../train/report.js';
import type { Progress } from '../observer.js';
import { PageState } from './page-state.js';
import type { Ending, Picture, WatchedRun, Watcher } from './watcher.js';

const REPORT = 'report.html';
/** How often a page is told of progress, in milliseconds. */
const INTERVAL = 500;

export async function openLive(run: WatchedRun): Promise<Watcher> {
  const page = new RunPageWriter(run);
  await page.serve();
  return page;
}

export async function openReport(run: WatchedRun): Promise<Watcher> {
  return new RunPageWriter(run);
}

class RunPageWriter implements Watcher {
  readonly #run: WatchedRun;
  readonly #state: PageState;
  readonly #parts = readPageParts();
  #server: PageServer | undefined;
  #picture: Picture | undefined;
  #told = 0;
  /** Steps that pages were not told of yet. */
  #steps: PageStep[] = [];

  constructor(run: WatchedRun) {
    this.#run = run;
    this.#state = new PageState(run);
  }

  async serve(): Promise<void> {
    this.#server = await PageServer.open({
      html: () => runPageHtml(this.#page(), this.#parts, true),
      policy: () => contentPolicy(this.#parts, true),
      first: () => ({ event: 'page', data: this.#page() }),
      picture: () => this.#picture?.png,
    });
    this.#run.say(`--log live: ${this.#server.url}`);
  }

  begin({ epoch, steps }: RunStart): void {
    this.#state.begin(epoch, steps);
    this.#server?.send('page', this.#page());
  }

  step(report: StepReport): void {
    const drawn = this.#state.step(report);
    if (drawn) this.#steps.push(drawn);
  }

  progress(progress: Progress): void {
    const now = this.#state.at(progress);
    if (performance.now() - this.#told < INTERVAL) return;
    this.#told = performance.now();
    this.#server?.send('progress', { progress: now, steps: this.#steps });
    this.#steps = [];
  }

  epoch(report: EpochReport): void {
    this.#state.epoch(report);
    this.#tellAll();
  }

  picture(picture: Picture): void {
    this.#picture = picture;
    this.#tellAll();
  }

  async finish(ending: Ending): Promise<void> {
    this.#state.state = ending;
    const files = await openFolder(this.#run.path);
    const picture = await this.#finalPicture(await files.read('predictions.png'));
    await files.write(REPORT, bytesOf(runPageHtml(this.#state.page(picture), this.#parts)));
    this.#server?.send('page', this.#state.page(picture));
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  #page() {
    const { epoch, width, height } = this.#picture ?? {};
    // A name for each, so that browsers do not show the last one.
    const picture = epoch !== undefined && {
      title: `Predictions after epoch ${epoch}`,
      src: `picture.png?epoch=${epoch}`,
    };
    return this.#state.page(picture ? { ...picture, width: width!, height: height! } : undefined);
  }

  #tellAll(): void {
    this.#steps = [];
    this.#server?.send('page', this.#page());
  }

  /** The picture of the best weights where there is one, as it is at the end, else the last one; within the page. */
  async #finalPicture(best: Uint8Array | undefined): Promise<PagePicture | undefined> {
    const png = this.#state.state === 'failed' ? this.#picture?.png : best;
    if (!png) return undefined;
    const { width, height } = parsePngHeader(png, 'predictions.png');
    const title = this.#state.state === 'failed' ? 'Predictions of the last epoch' : 'Predictions of the best epoch';
    return { title, src: `data:image/png;base64,${base64(png)}`, width, height };
  }
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // The arguments of a call are limited.
  for (let k = 0; k < bytes.length; k += 0x8000) text += String.fromCharCode(...bytes.subarray(k, k + 0x8000));
  return btoa(text);
}
