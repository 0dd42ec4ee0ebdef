/** What `unetpp evaluate` says of the thresholds and the postprocessing that it has chosen. */
import type { EvaluateFilesOptions, FilesEvaluation } from '../../app/evaluation/evaluate-files.js';
import {
  POSTPROCESSING_MARGIN,
  type PostprocessingChoice,
  type PostprocessingScore,
  postprocessingsOf,
} from '../../evaluate/choose-postprocessing.js';
import { postprocessingText, thresholdsText } from './describe.js';

type Asked = Pick<EvaluateFilesOptions, 'chooseThreshold' | 'choosePostprocessing' | 'save' | 'model'>;
type Made = Pick<FilesEvaluation, 'chosen' | 'chosenPostprocessing' | 'thresholds' | 'outdated'>;

const SCORES: Readonly<Record<PostprocessingScore, string>> = {
  dice: 'mean Dice',
  pooledDice: 'pooled Dice',
  pq: 'mean panoptic quality',
};

/** Makes the lines, after an empty one; none where nothing was to be chosen. */
export function choiceLines(made: Made, asked: Asked): string[] {
  const { chosen, chosenPostprocessing, outdated } = made;
  const { chooseThreshold, choosePostprocessing, save, model } = asked;
  if (!chosen && !chosenPostprocessing) return [];
  const helps = chosenPostprocessing !== undefined && postprocessingsOf(chosenPostprocessing) !== undefined;
  return [
    '',
    ...(chosen ? [`thresholds of the highest ${SCORES[chooseThreshold!]}: ${thresholdsText(made)}`] : []),
    ...(chosenPostprocessing ? postprocessingLines(chosenPostprocessing, SCORES[choosePostprocessing!]) : []),
    ...(chosen || helps || save ? [save ? `stored in ${model}` : STORE] : []),
    ...(save && outdated.includes('postprocessing')
      ? ['The postprocessing was found with other thresholds and is removed: choose it again.']
      : []),
    ...(save && outdated.includes('recommendation')
      ? [`The recommended mode was found with other ${chosen ? 'thresholds' : 'masks'} and is removed: compare again.`]
      : []),
    ...(chosen || helps ? ['They were chosen on these images: judge them on others, --subset test.'] : []),
  ];
}

const STORE = 'not stored; --save stores them in the model file';

function postprocessingLines(choices: Readonly<Record<string, PostprocessingChoice>>, score: string): string[] {
  if (!postprocessingsOf(choices)) {
    return [`no postprocessing raises the ${score} by more than ${POSTPROCESSING_MARGIN}: masks stay as they are`];
  }
  const width = Math.max(...Object.keys(choices).map((name) => name.length));
  return [
    `postprocessing that raises the ${score}:`,
    ...Object.entries(choices).map(([name, { postprocessing, before, score: after }]) => {
      const isHelpful = Object.keys(postprocessing).length > 0;
      const gain = `${before.toFixed(4)} to ${after.toFixed(4)}, ${postprocessingText(postprocessing)}`;
      return `  ${name.padEnd(width)}  ${isHelpful ? gain : `${before.toFixed(4)}, nothing helps`}`;
    }),
  ];
}
