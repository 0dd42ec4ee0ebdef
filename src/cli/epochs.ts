/** The table that training prints: a row an epoch, narrow enough for a terminal of 80 columns. */
import type { EpochReport } from '../train/trainer.js';
import { duration } from './format.js';

/** Two lines. */
export function epochHeader({ validation: { heads } }: EpochReport): string {
  const names = heads.map(({ head }) => head);
  if (names.length > 1) names.push('mean');
  const titles = row(' ', 'epoch', ['loss', 'val loss'], names, ['images/s', 'time']);
  return `${' '.repeat(titles.indexOf('val loss') + 10)}validation Dice (* best so far)\n${titles}`;
}

/** Losses, the validation Dice of each head and of their mean, speed; a star marks the best epoch so far. */
export function epochRow({ epoch, epochs, training, validation, best, imagesPerSecond, seconds }: EpochReport): string {
  const dice = validation.heads.map((head) => head.dice);
  if (dice.length > 1) dice.push(validation.dice);
  const [losses, scores] = [[training.total, validation.loss], dice].map((list) => list.map((x) => x.toFixed(4)));
  const speed = [imagesPerSecond.toFixed(1), duration(seconds)];
  return row(best ? '*' : ' ', `${epoch}/${epochs}`, losses!, scores!, speed);
}

function row(
  star: string,
  epoch: string,
  losses: readonly string[],
  dice: readonly string[],
  speed: readonly string[],
): string {
  const cells = (list: readonly string[], width: number) => list.map((text) => text.padStart(width)).join('');
  return star + epoch.padStart(9) + cells(losses, 9) + cells(dice, 7) + cells(speed, 9);
}
