/** Deep supervision and pruning, for those who meet them here for the first time. */

export function Reading() {
  return (
    <div class="reading">
      <p>
        <strong>Deep supervision</strong>: a plain U-Net is judged by its last node alone. Here every node of the top
        row has a head that has to draw the whole mask by itself, and all of them are trained together; at the end their
        mean is taken.
      </p>
      <p>
        <strong>Pruning</strong>: since the head L2 has learned to do without X(0,3), X(0,4) and whatever only they
        read, these nodes can be cut off after the training. What is left draws the mask of L2 exactly as before, with a
        small part of the computation. Where a shallow head draws as well as the deepest one, the rest is not worth its
        time.
      </p>
      <p class="source">
        Z. Zhou, M. M. Rahman Siddiquee, N. Tajbakhsh, J. Liang: “UNet++: A Nested U-Net Architecture for Medical Image
        Segmentation”, 2018, section 3.2.
      </p>
    </div>
  );
}
