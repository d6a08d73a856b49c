//! The writer's hand: every digit is stretched, slanted and bent as a whole.

use super::curve::Path;
use super::noise::{Noise, sine};

/// The height of the waves that bend the sheet, in digit heights.
const ELASTIC: f32 = 0.030;
/// Spread of the waves' frequency, in waves per digit height.
const ELASTIC_FREQUENCY: f32 = 4.5 / std::f32::consts::TAU;
const WAVES: usize = 3;

/// Spread of how the height is shared between the upper and the lower half.
const PROPORTION: f32 = 0.19;
const BOW: f32 = 0.045;
const PERSPECTIVE: f32 = 0.12;
const ASPECT: f32 = 0.22;
/// Handwriting leans to the right: mean and spread of the tangent.
const SLANT: (f32, f32) = (0.18, 0.29);
/// A 1 has nothing but its slant to vary.
const SLANT_OF_ONE: (f32, f32) = (0.28, 0.35);
const ROTATION: f32 = 0.115; // spread, in radians

/// Bends, stretches, slants and turns the path of `digit` in place.
pub(super) fn distort(path: &mut Path, digit: usize, mess: f32, noise: &mut Noise) {
    bend_sheet(path, mess, noise);

    let proportion = PROPORTION * noise.bell();
    let bow = BOW * mess * noise.bell();
    let perspective = PERSPECTIVE * noise.bell();
    let aspect = noise.factor(ASPECT);
    let (mean, spread) = if digit == 1 { SLANT_OF_ONE } else { SLANT };
    let slant = (mean + spread * noise.bell()).clamp(-0.6, 1.1);
    let angle = ROTATION * noise.bell();
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));

    for (x, y) in path.points() {
        let v = *y + proportion * (*y * *y - 0.25); // keeps top and bottom where they are
        let mut u = *x + bow * (4.0 * v * v - 0.5);
        u *= aspect * (1.0 + perspective * v);
        u -= slant * v;
        *x = cos * u - sin * v;
        *y = sin * u + cos * v;
    }
}

/// Elastic distortion: a few waves of random direction move every point, as if
/// the sheet were rubber.
fn bend_sheet(path: &mut Path, mess: f32, noise: &mut Noise) {
    let mut wave = || {
        let direction = [(); 2].map(|()| ELASTIC_FREQUENCY * noise.bell());
        (direction, noise.uniform(), ELASTIC * mess * noise.bell())
    };
    let sideways = [(); WAVES].map(|()| wave());
    let upwards = [(); WAVES].map(|()| wave());
    for (x, y) in path.points() {
        let shift = |waves: &[([f32; 2], f32, f32); WAVES]| {
            let mut sum = 0.0;
            for ([kx, ky], phase, height) in waves {
                sum += height * sine(kx * *x + ky * *y + phase);
            }
            sum
        };
        let moved = [shift(&sideways), shift(&upwards)];
        *x += moved[0];
        *y += moved[1];
    }
}
