/** Buttons for undo, for the way back to the prediction, and for zoom. */
import type { Image } from '../../../src/image/image.js';
import { Button } from '../ui/index.js';
import type { Area } from './edit.js';
import { ZOOM_STEP } from './keys.js';
import type { MaskEditor } from './mask-editor.js';
import type { Screen } from './screen.js';

export interface StepsProps {
  readonly editor: MaskEditor;
  readonly screen: { readonly current: Screen | null };
  readonly prediction: Image<Uint8Array>;
  readonly onEdit: (area: Area | undefined) => void;
}

export function Steps({ editor, screen, prediction, onEdit }: StepsProps) {
  return (
    <div class="row painting-steps">
      <Button id="correct-undo" onClick={() => onEdit(editor.undo())} disabled={!editor.canUndo}>
        Undo
      </Button>
      <Button id="correct-redo" onClick={() => onEdit(editor.redo())} disabled={!editor.canRedo}>
        Redo
      </Button>
      <Button id="correct-reset" onClick={() => onEdit(editor.replace(prediction))} label="Reset to the prediction">
        Reset
      </Button>
      <span class="painting-zoom">
        <Button label="Zoom out" onClick={() => screen.current?.zoom(1 / ZOOM_STEP)}>
          −
        </Button>
        <Button label="Show the whole image" onClick={() => screen.current?.fit()}>
          Fit
        </Button>
        <Button label="Zoom in" onClick={() => screen.current?.zoom(ZOOM_STEP)}>
          +
        </Button>
      </span>
    </div>
  );
}
