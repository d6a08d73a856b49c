// The shape of a convolution, for every kernel whose name begins with conv_.
//
//     x    (N, C, H, W)       images
//     w    (FN, C, FH, FW)    filters
//     out  (N, FN, OH, OW)    output, and dout its gradient
//
// Rust sets the numbers before the kernel is compiled.

override N: u32;
override C: u32;
override H: u32;
override W: u32;
override FN: u32;
override FH: u32;
override FW: u32;
override STRIDE: u32;
override PADDING: u32;
override OH: u32;
override OW: u32;
