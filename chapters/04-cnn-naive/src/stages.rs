//! One digit on its way through the network, as pictures.

use common::Real;
use common::plot::Image;
use common::report::thousands;
use ndarray::ArrayRef2;

use crate::network::forward;

/// The digit `x (1, 784)`, the same seen through the filter `f (5, 5)`, with
/// its biases `bc (1, 576)`, and after ReLU: four pictures with titles, when
/// training has done `iteration` steps. All but the digit are signed, so that
/// on one sheet they share a scale.
///
/// # Panics
/// If the shapes do not fit.
pub fn stages<F: Real>(
    x: &ArrayRef2<F>,
    (f, bc, wo, bo): (&ArrayRef2<F>, &ArrayRef2<F>, &ArrayRef2<F>, &ArrayRef2<F>),
    iteration: usize,
) -> [Image; 4] {
    let (c, z, h, _) = forward(x, f, bc, wo, bo); // (1, 576) each
    let when = match iteration {
        0 => "at the start".to_owned(),
        1 => "after 1 step".to_owned(),
        i => format!("after {} steps", thousands(i)),
    };
    [
        Image::new(x.row(0), when),
        Image::new(c.row(0), "convolved").signed(),
        Image::new(z.row(0), "+ bias").signed(),
        Image::new(h.row(0), "ReLU").signed(),
    ]
}
