//! Chapter 12, the parts of the lesson that are tested; the lesson itself is `main.rs`.
//! In reading order:

pub mod schedule; // images, batches and learning rates, the same for both networks
pub mod history; // loss, accuracy and seconds of a training
pub mod mlp; // the training of the perceptron
pub mod cnn; // the training of the network of convolutions
pub mod predictions; // what a network predicts for the test set, and its mistakes
pub mod naive; // the CNN, or any other network of lesson 08, in plain loops
pub mod speed; // how much slower that is
pub mod report; // tables and `.csv` files
pub mod plots; // pictures
