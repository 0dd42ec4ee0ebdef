/** What the application tells while it works, in words. */
import type { Phase, Progress, Remark } from '../../app/observer.js';
import { duration, few, grouped, memorySize, plural } from '../../base/quantities.js';
import { GREY_ON_RGB, RGB_ON_GREY } from './describe.js';
import { shellWord, vanishedText } from './words.js';

/** The text before the bar: the phase, and its epoch where it belongs to one. */
export function progressLabel({ phase, epoch }: Progress): string {
  return epoch ? `epoch ${epoch.number}/${epoch.of} ${phase}` : phase;
}

/** The text behind the bar: the pace where it is known, else how many are done. */
export function progressText({ phase, done, total, pace }: Progress): string {
  if (pace) return `${pace.imagesPerSecond.toFixed(1)} images/s, ${duration(pace.secondsLeft)} left`;
  return `${grouped(done)} of ${plural(total, NOUNS[phase] ?? 'image')}`;
}

/** What a phase goes through, where it is not images. */
const NOUNS: Partial<Record<Phase, string>> = { timing: 'round', 'self-test': 'case', 'learning rates': 'step' };

export function remarkText(remark: Remark): string {
  switch (remark.kind) {
    case 'vanished':
      return `remark    ${vanishedText(remark.images, remark.preprocessing)}`;
    case 'converted': {
      const { from, images } = remark;
      const which = images === undefined ? `${from} images` : plural(images, `${from} image`);
      return `remark    ${which}: ${from === 'grey' ? GREY_ON_RGB : RGB_ON_GREY}`;
    }
    case 'tiled': {
      const { images, width, height, bytes, approximate } = remark;
      const tiles = `${plural(images, 'large image')} in tiles of ${width}x${height} pixels, ${memorySize(bytes)} of memory`;
      const why = 'this network looks at the whole image, here at a tile: the larger they are (--tile), the nearer';
      return `tiles     ${tiles}${approximate ? `; ${why}` : ''}`;
    }
    case 'skipped':
      return `skipped   ${plural(remark.files.length, 'file')} of no known format: ${few(remark.files)}`;
    case 'stored':
      return `remark    ${remark.path}: ${remark.text}`;
    case 'chosen':
      return `backend   ${remark.backend}, as ${remark.reason}`;
    case 'unused':
      return `remark    without effect on the backend ${remark.backend}: ${remark.options.join(', ')}`;
    case 'planned':
      return plannedLines(remark).join('\n');
    case 'adapted': {
      const { file, name, here } = remark;
      const how =
        here === 1
          ? 'summed over red, green and blue: grey here, RGB'
          : 'spread over red, green and blue by luma: RGB here, grey';
      return `remark    ${name} is ${how} in ${file}`;
    }
    case 'anew': {
      const { file, names, because } = remark;
      const why = because ? `${because.here} ${because.what} here, ${because.there} in ${file}` : `not in ${file}`;
      return `remark    ${few(names, 12)} ${names.length === 1 ? 'begins' : 'begin'} anew: ${why}`;
    }
    case 'other normalisation': {
      const { file, here, there } = remark;
      return `remark    values are normalised by ${here}, those that ${file} was trained on by ${there}: its weights expect that`;
    }
    case 'notice':
      return remark.text;
  }
}

function plannedLines({ data, file, smaller, time }: Remark & { readonly kind: 'planned' }): string[] {
  const by =
    data === undefined
      ? ''
      : `to suit the data${smaller === undefined ? '' : `, but smaller, as ${smaller}`}; npx unetpp plan --data ${shellWord(data)} says why`;
  const from = file === undefined ? by : `as in ${file}`;
  return [
    ...(from === '' ? [] : [`planned   ${from}`]),
    ...(time
      ? [
          `time      ${plural(time.epochs, 'epoch')} in about ${duration(time.seconds)} of ${plural(time.minutes, 'minute')}`,
        ]
      : []),
  ];
}
