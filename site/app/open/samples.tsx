/** Images that come with the page, each with a model that segments it at once. */

export interface Sample {
  readonly id: string;
  /** `Cell nuclei`. */
  readonly title: string;
  /** What is seen, and what is segmented, in a few words. */
  readonly text: string;
  /** The address of a small picture. */
  readonly picture: string;
}

export interface SamplesProps {
  readonly samples: readonly Sample[];
  readonly disabled: boolean;
  readonly onSample: (id: string) => void;
}

export function Samples({ samples, disabled, onSample }: SamplesProps) {
  if (samples.length === 0) return null;
  return (
    <div class="samples">
      <h3>Segment a sample now</h3>
      <ul>
        {samples.map(({ id, title, text, picture }) => (
          <li key={id}>
            <button type="button" class="sample" id={`sample-${id}`} disabled={disabled} onClick={() => onSample(id)}>
              <img src={picture} alt="" width={72} height={72} />
              <span>
                <span class="sample-title">{title}</span>
                <span class="hint">{text}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
