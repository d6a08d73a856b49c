//! Functions against NumPy's numbers and their gradients against numerical ones.

mod dot;
mod exp;
mod functions;
mod gradients;
mod numpy;
mod numpy_to_ndarray;
mod optimisers;
mod params;
mod product;
mod program;
mod vectors;
