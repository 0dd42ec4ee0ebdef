// Places of elements in NHWC tensors, and of 2x2 blocks in tensors of twice the height and width. The lines of all
// images are counted on: line k of image n is line n height + k.

struct Place {
  line: u32,
  column: u32,
  channel: u32,
}

// Where element `i` of a tensor with lines of `width` pixels lies.
fn placeOf(i: u32, width: u32, channels: u32) -> Place {
  let pixel = i / channels;
  return Place(pixel / width, pixel % width, i % channels);
}

// The element at a place of a tensor with lines of `width` pixels.
fn elementAt(place: Place, width: u32, channels: u32) -> u32 {
  return (place.line * width + place.column) * channels + place.channel;
}

// The first element of the block that belongs to a place of a tensor with lines of `width` pixels.
fn blockOf(place: Place, width: u32, channels: u32) -> u32 {
  return elementAt(Place(2u * place.line, 2u * place.column, place.channel), 2u * width, channels);
}
