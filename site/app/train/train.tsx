/** A training: what it is given, and what comes of it. */
import { Button, ErrorLine, Facts, Progress, Section, Status, TextField } from '../ui/index.js';
import type { TrainForm } from './presets.js';

export interface TrainProps {
  readonly form: TrainForm;
  readonly running: boolean;
  readonly error: string | null;
  /** What the last training gave. */
  readonly result: { readonly dice: number; readonly weightsSha256: string } | null;
  readonly onChange: (change: Partial<TrainForm>) => void;
  readonly onTrain: () => void;
  readonly onStop: () => void;
}

const fields: readonly { readonly name: keyof TrainForm; readonly label: string; readonly hint: string }[] = [
  { name: 'epochs', label: 'Epochs', hint: 'Passes over the training images.' },
  { name: 'size', label: 'Size', hint: 'Pixels a side that images are brought to.' },
  { name: 'filters', label: 'Filters', hint: 'Channels of each level, such as 16,32,64,128.' },
  { name: 'batch', label: 'Batch', hint: 'Images of one step.' },
  { name: 'lr', label: 'Learning rate', hint: 'How far a step goes.' },
  { name: 'seed', label: 'Seed', hint: 'The same seed gives the same bits.' },
];

export function TrainPanel({ form, running, error, result, onChange, onTrain, onStop }: TrainProps) {
  return (
    <Section
      id="training"
      step={3}
      title="Train"
      lead="Fields that are left empty are chosen to suit your images. What is trained is saved as it goes: the tab may be closed."
    >
      <div class="fields">
        {fields.map(({ name, label, hint }) => (
          <TextField
            key={name}
            id={name}
            label={label}
            hint={hint}
            value={form[name]}
            placeholder="chosen"
            disabled={running}
            onInput={(value) => onChange({ [name]: value })}
          />
        ))}
      </div>
      <div class="row">
        <Button id="train" kind="primary" busy={running} onClick={onTrain}>
          Start training
        </Button>
        <Button id="stop" disabled={!running} onClick={onStop}>
          Stop
        </Button>
      </div>
      <ErrorLine>{error}</ErrorLine>
      {running && <Progress label="Training" />}
      <Status tone="good">{result && 'The training is done.'}</Status>
      <Facts
        facts={[
          { name: 'Validation Dice', value: <span id="dice">{result ? result.dice.toFixed(4) : '–'}</span> },
          { name: 'SHA-256 of the weights', value: <code id="weights-sha256">{result?.weightsSha256 ?? '–'}</code> },
        ]}
      />
    </Section>
  );
}
