/** The application's news on stderr: progress as a bar, remarks as lines. */
import type { Observer } from '../../app/observer.js';
import { progressLabel, progressText, remarkText } from '../tables/news.js';
import type { ProgressBar } from './progress.js';

/** Tells a terminal what the application tells. */
export function terminalObserver(bar: ProgressBar): Required<Observer> {
  return {
    progress: (progress) => bar.update(progressLabel(progress), progress.done, progress.total, progressText(progress)),
    remark: (remark) => bar.line(remarkText(remark)),
  };
}
