// 2x2 transposed convolution where both numbers of channels are multiples of four.
// uses: transposed-products, vectors
