//! Chapter 14: two small networks that can be made sick, and seven checks. In reading order:

pub mod bug; // which bugs there are
pub mod museum; // for each its symptom, its check, its cure, its source
pub mod images; // what is read, and which images belong to a batch
pub mod loss; // softmax, cross-entropy and their gradient
pub mod mlp; // the network of lesson 02
pub mod pool; // max pooling with windows that overlap
pub mod cnn; // a small convolutional network
pub mod optimiser; // momentum and Adam
pub mod network; // one of the two, its step and its test
pub mod patient; // what is checked
pub mod checks; // seven checks, to take home
pub mod histogram; // what a layer holds, in bins
pub mod training; // a training that is watched
pub mod pictures; // what was watched, drawn
pub mod report; // and as lines on the terminal
pub mod mystery; // a bug without its name
