/** The script of the page of a run: it draws the data in the page, and live what its server tells later. */
import { duration, grouped, inWords } from '../../base/quantities.js';
import type { Curve } from '../curve-plot.js';
import { html, table } from './elements.js';
import type { PageEpoch, PageProgress, PageStep, RunPage } from './run-page.js';
import { type ChartContent, Zoom, ZoomChart } from './zoom-chart.js';

let page: RunPage = JSON.parse(document.getElementById('data')!.textContent!);
let connected = true;

const zoom = new Zoom(() => drawCharts());
const losses = new ZoomChart(zoom, 'losses');
const dice = new ZoomChart(zoom, 'dice');
const head = html('header');
const details = html('div');
const picture = html('section');
const buttons = [
  ['Zoom in', () => zoom.by(1 / 2)],
  ['Zoom out', () => zoom.by(2)],
  ['All epochs', () => zoom.all()],
] as const;

function start(): void {
  const controls = buttons.map(([text, action]) => {
    const button = html('button', { type: 'button' }, text);
    button.addEventListener('click', action);
    return button;
  });
  const hint = html(
    'p',
    { class: 'hint' },
    'Drag across a chart to zoom, or focus it and use + - 0 and the arrow keys.',
  );
  const charts = html('div', { class: 'curves' }, losses.figure, dice.figure);
  const curves = html(
    'section',
    {},
    html('h2', {}, 'Curves'),
    html('div', { class: 'controls' }, ...controls),
    charts,
    hint,
  );
  document.getElementById('page')!.append(head, curves, picture, details);
  drawAll();
  new ResizeObserver(() => drawCharts()).observe(charts);
  if ('live' in document.documentElement.dataset) follow();
}

function follow(): void {
  const events = new EventSource('events');
  const on = <T>(name: string, action: (value: T) => void) => {
    events.addEventListener(name, (event) => action(JSON.parse((event as MessageEvent<string>).data)));
  };
  on<RunPage>('page', (next) => {
    page = next;
    connected = true;
    drawAll();
    if (page.state !== 'running') events.close();
  });
  on<{ progress: PageProgress; steps: readonly PageStep[] }>('progress', ({ progress, steps }) => {
    page = { ...page, progress, steps: [...page.steps, ...steps] };
    drawHead();
    if (steps.length > 0) drawCharts();
  });
  events.addEventListener('error', () => {
    connected = false;
    drawHead();
  });
}

function drawAll(): void {
  const atEnd = zoom.range === undefined;
  zoom.end = Math.max(1, page.epochs.at(-1)?.epoch ?? 0, Math.ceil(page.steps.at(-1)?.at ?? 0));
  if (atEnd) zoom.range = undefined;
  drawHead();
  drawCharts();
  drawPicture();
  drawDetails();
}

function drawHead(): void {
  const { name, progress, state } = page;
  const lines: HTMLElement[] = [
    html('h1', {}, name),
    html('p', { role: 'status', class: `state ${state}` }, stateText()),
  ];
  if (state === 'running' && progress) {
    lines.push(html('progress', { max: 1, value: progress.done, 'aria-label': 'progress of the training' }));
    lines.push(html('p', { class: 'hint' }, progressText(progress)));
  }
  head.replaceChildren(...lines);
}

function stateText(): string {
  const { state, of, epochs } = page;
  const best = epochs.findLast((epoch) => epoch.best);
  const score = best ? `, best Dice ${number(best.dice.mean ?? lastOf(best.dice))} in epoch ${best.epoch}` : '';
  const count = `${epochs.length} of ${of} epochs${score}`;
  if (state === 'running') return connected ? `Training: ${count}` : `No answer from the training any more: ${count}`;
  return { done: `Done: ${count}`, interrupted: `Interrupted: ${count}`, failed: `Failed: ${count}` }[state];
}

function progressText({ text, secondsLeft, imagesPerSecond }: PageProgress): string {
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left at most`;
  return `${text}${imagesPerSecond === undefined ? '' : `, ${imagesPerSecond.toFixed(1)} images/s`}${left}`;
}

function drawCharts(): void {
  zoom.end = Math.max(zoom.end, Math.ceil(page.steps.at(-1)?.at ?? 0));
  losses.draw(lossChart());
  dice.draw(diceChart());
}

function lossChart(): ChartContent {
  const { epochs, steps } = page;
  const ofEpochs = (label: string, style: string, value: (epoch: PageEpoch) => number | null): Curve => {
    return { label, style, points: epochs.map((epoch) => [epoch.epoch, value(epoch) ?? Number.NaN]) };
  };
  const curves = [
    { label: '', style: 'steps', points: steps.map(({ at, loss }) => [at, loss ?? Number.NaN] as const) },
    ofEpochs('training', 'series-1', ({ trainLoss }) => trainLoss),
    ofEpochs('validation', 'series-2', ({ validationLoss }) => validationLoss),
  ];
  const note = steps.length > 0 ? 'grey: single steps' : '';
  return { title: 'Loss', note, curves, include: [0], labelWidth: 124, label: spoken('Loss', curves.slice(1)) };
}

function diceChart(): ChartContent {
  const { epochs } = page;
  const curves = Object.keys(epochs[0]?.dice ?? {}).map((name, k): Curve => {
    const points = epochs.map(({ epoch, dice }) => [epoch, dice[name] ?? Number.NaN] as const);
    return { label: name, style: name === 'mean' ? 'mean' : `series-${k + 1}`, points };
  });
  const title = 'Dice of the validation images';
  return { title, note: '', curves, include: [], labelWidth: 90, label: spoken(title, curves) };
}

/** The last values of a chart. */
function spoken(title: string, curves: readonly Curve[]): string {
  const last = page.epochs.at(-1);
  if (!last) return `${title}: no epoch has ended yet`;
  return `${title} after epoch ${last.epoch}: ${curves.map(({ label, points }) => `${label} ${number(points.at(-1)?.[1])}`).join(', ')}`;
}

function drawPicture(): void {
  const { picture: shown } = page;
  if (!shown) return;
  const { title, src, width, height } = shown;
  const alt = `${title}: image, mask, prediction, and both masks over the image, a row for each example`;
  picture.replaceChildren(html('h2', {}, title), html('img', { src, width, height, alt }));
}

function drawDetails(): void {
  const { epochs, heads, facts } = page;
  const best = epochs.findLast((epoch) => epoch.best);
  const isOpen = details.querySelector('details')?.open ?? false;
  const ofHeads = heads.map(({ name, parameters, macs }) => [
    name,
    number(best?.dice[name]),
    number(best?.iou[name]),
    grouped(parameters),
    inWords(macs),
  ]);
  const names = Object.keys(epochs[0]?.dice ?? {});
  const ofEpochs = epochs.map(({ epoch, best: isBest, trainLoss, validationLoss, dice, learningRate, seconds }) => [
    `${isBest ? '* ' : ''}${epoch}`,
    number(trainLoss),
    number(validationLoss),
    ...names.map((name) => number(dice[name])),
    String(Number(learningRate.toPrecision(3))),
    duration(seconds),
  ]);
  const all = html('details', {}, html('summary', {}, 'All epochs as a table'));
  all.append(
    table(
      'Losses and validation Dice; * best so far',
      ['epoch', 'loss', 'val loss', ...names, 'learning rate', 'time'],
      ofEpochs,
    ),
  );
  all.open = isOpen;
  details.replaceChildren(
    html(
      'section',
      {},
      html('h2', {}, 'Heads'),
      table(
        best ? `Validation scores of epoch ${best.epoch}` : 'Costs',
        ['head', 'Dice', 'IoU', 'parameters', 'multiply-adds'],
        ofHeads,
      ),
    ),
    ...(epochs.length > 0 ? [html('section', {}, html('h2', {}, 'Epochs'), all)] : []),
    html(
      'div',
      { class: 'facts' },
      ...facts.map(({ title, rows }) =>
        html('section', {}, html('h2', {}, title), table(title, ['name', 'value'], rows)),
      ),
    ),
  );
}

function number(value: number | null | undefined): string {
  return typeof value === 'number' && Number.isFinite(value) ? value.toFixed(4) : '-';
}

function lastOf(scores: PageEpoch['dice']): number | null | undefined {
  return Object.values(scores).at(-1);
}

start();
