/** The application's reports on stderr: progress as a bar, remarks as lines. */
import type { Observer } from '../../app/observer.js';
import { progressLabel, progressText, remarkText } from '../tables/news.js';
import type { ProgressBar } from './progress.js';

/** Makes an observer that prints. */
export function terminalObserver(bar: ProgressBar): Required<Observer> {
  return {
    progress: (progress) => bar.update(progressLabel(progress), progress.done, progress.total, progressText(progress)),
    remark: (remark) => bar.line(remarkText(remark)),
  };
}
