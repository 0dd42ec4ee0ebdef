/** The facts on its training in a model file, as `unetpp info` shows them. */

/** Labels of facts that do not follow from their names. */
const LABELS: Readonly<Record<string, string>> = {
  epoch: 'best epoch',
  microBatch: 'micro-batch',
  dice: 'Dice',
  iou: 'IoU',
  hd95: 'HD95',
  assd: 'ASSD',
  pooledDice: 'pooled Dice',
  pooledIou: 'pooled IoU',
};

interface Fact {
  readonly label: string;
  /** The value of the fact; absent in the heading of a group. */
  readonly value?: string;
}

/** Makes a line for each fact, labels in one column and values in another; lists are left to --json. */
export function trainingFacts(training: Readonly<Record<string, unknown>>): string[] {
  const facts = [...factsOf(training, '  ')];
  const width = Math.max(0, ...facts.map(({ label, value }) => (value === undefined ? 0 : label.length)));
  return facts.map(({ label, value }) => (value === undefined ? label : `${label.padEnd(width)}  ${value}`));
}

function* factsOf(facts: Readonly<Record<string, unknown>>, indent: string): Generator<Fact> {
  for (const [name, value] of Object.entries(facts)) {
    if (Array.isArray(value)) continue;
    const label = indent + labelOf(name);
    if (typeof value === 'object' && value !== null) {
      yield { label };
      yield* factsOf(value as Readonly<Record<string, unknown>>, `${indent}  `);
    } else {
      yield { label, value: shown(value) };
    }
  }
}

/** Writes `pooledPrecision` as `pooled precision`; a name that is not an identifier is shown as JSON. */
function labelOf(name: string): string {
  if (Object.hasOwn(LABELS, name)) return LABELS[name]!;
  if (!/^\w+$/.test(name)) return JSON.stringify(name);
  return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shown(value: unknown): string {
  const rounded = typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  return JSON.stringify(rounded);
}
