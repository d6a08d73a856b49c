//! Distortion of a whole digit: stretched, slanted, bent and rotated.

use super::random::{Random, sine};

// Each constant is a standard deviation, unless it says otherwise.

/// Amplitude of the elastic waves, in digit heights.
const ELASTIC: f32 = 0.030;
/// Frequency of the elastic waves, in waves per digit height.
const ELASTIC_FREQUENCY: f32 = 4.5 / std::f32::consts::TAU;
const WAVES: usize = 3;

/// How the height is divided between the upper and the lower half.
const PROPORTION: f32 = 0.19;
const BOW: f32 = 0.045;
const PERSPECTIVE: f32 = 0.12;
const ASPECT: f32 = 0.22;
/// Handwriting leans to the right: mean and deviation of the tangent.
const SLANT: (f32, f32) = (0.18, 0.29);
/// A 1 varies in little but its slant.
const SLANT_OF_ONE: (f32, f32) = (0.28, 0.35);
const ROTATION: f32 = 0.115; // radians

/// Distorts the path of `digit` in place.
pub(super) fn distort(path: &mut [[f32; 2]], digit: usize, unevenness: f32, random: &mut Random) {
    elastic(path, unevenness, random);

    let proportion = PROPORTION * random.triangular();
    let bow = BOW * unevenness * random.triangular();
    let perspective = PERSPECTIVE * random.triangular();
    let aspect = random.scale(ASPECT);
    let (mean, sd) = if digit == 1 { SLANT_OF_ONE } else { SLANT };
    let slant = (mean + sd * random.triangular()).clamp(-0.6, 1.1);
    let angle = ROTATION * random.triangular();
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));

    for [x, y] in path {
        let v = *y + proportion * (*y * *y - 0.25); // top and bottom stay in place
        let mut u = *x + bow * (4.0 * v * v - 0.5);
        u *= aspect * (1.0 + perspective * v);
        u -= slant * v;
        *x = cos * u - sin * v;
        *y = sin * u + cos * v;
    }
}

/// Elastic distortion: a few waves of random direction shift every point.
fn elastic(path: &mut [[f32; 2]], unevenness: f32, random: &mut Random) {
    let mut wave = || {
        let direction = [(); 2].map(|()| ELASTIC_FREQUENCY * random.triangular());
        (direction, random.uniform(), ELASTIC * unevenness * random.triangular())
    };
    let sideways = [(); WAVES].map(|()| wave());
    let upwards = [(); WAVES].map(|()| wave());
    for [x, y] in path {
        let shift = |([kx, ky], phase, amplitude): ([f32; 2], f32, f32)| {
            amplitude * sine(kx * *x + ky * *y + phase)
        };
        let [right, down] = [sideways, upwards].map(|waves| waves.map(shift).iter().sum::<f32>());
        *x += right;
        *y += down;
    }
}
