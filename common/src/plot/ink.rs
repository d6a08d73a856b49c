//! Colours that a colour-blind reader can tell apart.

/// Red, green and blue, 0 to 255 each.
pub(super) type Ink = [u8; 3];

pub(super) const WHITE: Ink = [255, 255, 255];
/// Titles.
pub(super) const DARK: Ink = [34, 34, 34];
/// Axis texts.
pub(super) const TEXT: Ink = [85, 85, 85];
/// The axis itself, and arrows.
pub(super) const LINE: Ink = [150, 150, 150];
/// Grid lines and the frames of pictures.
pub(super) const GRID: Ink = [228, 228, 228];
/// The lines between the labelled ones on a logarithmic axis.
pub(super) const FINE_GRID: Ink = [242, 242, 242];
/// A value that is not a number.
pub(super) const NOT_A_NUMBER: Ink = [187, 187, 187];

/// The colour of a curve.
///
/// Paul Tol's "vibrant" scheme, which stays distinct for colour-blind readers
/// (<https://sronpersonalpages.nl/~pault/>). Curves without a colour of their
/// own take these in order, so that the first is red and the second blue: the
/// article's colours for the network without and with a hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The network without a hidden layer.
    Red,
    /// The network with a hidden layer.
    Blue,
    /// The third curve.
    Teal,
    /// The fourth curve.
    Orange,
    /// The fifth curve.
    Magenta,
    /// The sixth curve.
    Cyan,
    /// Reference lines.
    Grey,
}

impl Colour {
    const IN_ORDER: [Colour; 6] =
        [Colour::Red, Colour::Blue, Colour::Teal, Colour::Orange, Colour::Magenta, Colour::Cyan];

    /// The colour of the `index`th curve, and whether the colours have run out,
    /// so that the curve is dashed to differ from the one it shares with.
    pub(super) fn of_curve(index: usize) -> (Colour, bool) {
        let count = Self::IN_ORDER.len();
        (Self::IN_ORDER[index % count], (index / count) % 2 == 1)
    }

    pub(super) fn ink(self) -> Ink {
        match self {
            Colour::Red => [204, 51, 17],
            Colour::Blue => [0, 119, 187],
            Colour::Teal => [0, 153, 136],
            Colour::Orange => [238, 119, 51],
            Colour::Magenta => [238, 51, 119],
            Colour::Cyan => [51, 187, 238],
            Colour::Grey => [110, 110, 110],
        }
    }
}

/// `part` of `over` laid on `under`; `part` from 0 to 1.
pub(super) fn mix(under: Ink, over: Ink, part: f64) -> Ink {
    let part = part.clamp(0.0, 1.0);
    std::array::from_fn(|k| {
        let (u, o) = (f64::from(under[k]), f64::from(over[k]));
        (u + (o - u) * part).round() as u8
    })
}

/// Steps from white to black, few enough that a picture and its titles fit
/// into one palette of 256.
const GREYS: f64 = 127.0;
/// Steps from white to either end of the diverging scale.
const TINTS: f64 = 63.0;

/// Dark ink on white: 0 is white, 1 is black.
pub(super) fn grey(value: f64) -> Ink {
    if value.is_nan() {
        return NOT_A_NUMBER;
    }
    let step = (value.clamp(0.0, 1.0) * GREYS).round();
    [255 - (step * 255.0 / GREYS).round() as u8; 3]
}

/// Blue below zero, white at zero, red above; `value` from -1 to 1.
pub(super) fn diverging(value: f64) -> Ink {
    if value.is_nan() {
        return NOT_A_NUMBER;
    }
    let step = (value.clamp(-1.0, 1.0) * TINTS).round() / TINTS;
    let (middle, end) = if step < 0.0 {
        (Colour::Blue.ink(), [0, 40, 85])
    } else {
        (Colour::Red.ink(), [92, 8, 8])
    };
    // Three quarters of the way is the full colour; beyond, it darkens.
    const KNEE: f64 = 0.75;
    let size = step.abs();
    if size <= KNEE {
        mix(WHITE, middle, size / KNEE)
    } else {
        mix(middle, end, (size - KNEE) / (1.0 - KNEE))
    }
}
