// 2x2 transposed convolution for any numbers of channels.
// uses: transposed-products, scalars
