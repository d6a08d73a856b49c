//! The gradient of a filter: the image convolved with the delta.

use super::canvas::{Anchor, Canvas, DARK, LINE, SIZE, TEXT, THIN, WIDTH, number, shade};
use super::numbers::{Grid, convolve_backward, grid};
use super::parts::{LEAD, frame, largest, over, place, products, sign};
use crate::language::Language;

struct Words {
    title: &'static str,
    why: [&'static str; 3],
    image: &'static str,
    through: &'static str,
    delta: &'static str,
    gradient: &'static str,
    panels: &'static str,
    zeros: &'static str,
}

const EN: Words = Words {
    title: "The gradient of a filter: the image convolved with dz",
    why: [
        "In the forward pass the weight f[k,l] is multiplied by the pixel x[i+k,j+l] at every place (i, j).",
        "dz[i,j] is the gradient at that place. The gradient of the weight is the sum over all places:",
        "df[k,l]  =  sum over i, j of  x[i+k,j+l] dz[i,j]",
    ],
    image: "image x (4, 4)",
    through: "convolved with",
    delta: "dz (3, 3)",
    gradient: "df (2, 2)",
    panels: "dz is laid on the image as if it were a filter. It fits at 2 × 2 places, one for each number of df:",
    zeros: "Where z is 0 or less, ReLU makes dz 0, and the place adds nothing.",
};

const JA: Words = Words {
    title: "フィルタの勾配：dz で畳み込んだ画像",
    why: [
        "順伝播では、どの場所 (i, j) でも、重み f[k,l] を画素 x[i+k,j+l] に掛けます。",
        "dz[i,j] は、その場所の勾配です。重みの勾配は、すべての場所についての和です。",
        "df[k,l]  =  x[i+k,j+l] dz[i,j] の、すべての i, j についての和",
    ],
    image: "画像 x (4, 4)",
    through: "これで畳み込む",
    delta: "dz (3, 3)",
    gradient: "df (2, 2)",
    panels: "dz をフィルタのように画像に重ねます。置ける場所は 2×2 か所で、それぞれが df の一つの値になります。",
    zeros: "ReLU に入る値 z が 0 以下の場所では、dz が 0 なので、和には何も加わりません。",
};

const X: [[f64; 4]; 4] =
    [[1.0, 0.0, 3.0, 2.0], [1.0, 3.0, 2.0, 0.0], [2.0, 4.0, 1.0, 0.0], [0.0, 2.0, 2.0, 1.0]];
const DZ: [[f64; 3]; 3] = [[2.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 3.0]];

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 556.0);
    let (x, dz) = (X.map(Vec::from).to_vec(), DZ.map(Vec::from).to_vec());
    let (_, df) = convolve_backward(&dz, &x, &grid(2, 2, |_, _| 0.0));
    canvas.lines_of_text((16.0, 54.0), &words.why[..2], 13.0, TEXT);
    canvas.text((360.0, 98.0), words.why[2], SIZE, DARK, Anchor::Middle);

    let image = canvas.grid((56.0, 136.0), 30.0, &x, f64::INFINITY);
    over(&mut canvas, image, words.image);
    let y = image.middle().1;
    canvas.centred((249.0, y - 14.0), words.through, 13.0, TEXT);
    canvas.arrow(&[(192.0, y), (306.0, y)], LEAD);
    let delta = canvas.grid((322.0, y - 45.0), 30.0, &dz, largest(&dz));
    over(&mut canvas, delta, words.delta);
    sign(&mut canvas, (470.0, y), "=");
    let most = largest(&df);
    let result = canvas.grid((528.0, y - 38.0), 38.0, &df, most);
    over(&mut canvas, result, words.gradient);

    canvas.text((16.0, 290.0), words.panels, 13.0, TEXT, Anchor::Start);
    for (panel, (k, l)) in [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().enumerate() {
        let at = (17.0 + 178.0 * panel as f64, 334.0);
        let middle = at.0 + 76.0;
        canvas.centred((middle, at.1 - 14.0), &format!("df[{k},{l}]"), SIZE, DARK);
        laid_on(&mut canvas, at, (k, l), &x, &dz);
        let used = (0..9).map(|n| (n / 3, n % 3)).filter(|&(i, j)| dz[i][j] != 0.0);
        let factors: Vec<_> = used.map(|(i, j)| (x[i + k][j + l], dz[i][j])).collect();
        canvas.centred((middle, at.1 + 168.0), &products(&factors, df[k][l]), 13.0, DARK);
    }
    canvas.text((16.0, 540.0), words.zeros, 13.0, TEXT, Anchor::Start);
    canvas
}

/// The image with `dz` on it from pixel `at` on: in each cell the pixel, and under it the
/// number of `dz` that it is multiplied by.
fn laid_on(canvas: &mut Canvas, corner: (f64, f64), (k, l): (usize, usize), x: &Grid, dz: &Grid) {
    let cell = 38.0;
    for (i, row) in x.iter().enumerate() {
        for (j, &pixel) in row.iter().enumerate() {
            let at = place(corner, cell, (i, j));
            let (cx, cy) = at.middle();
            let covered = (k..k + dz.len()).contains(&i) && (l..l + dz.len()).contains(&j);
            if covered {
                let d = dz[i - k][j - l];
                let colour = if d == 0.0 { LINE } else { DARK };
                canvas.rectangle(at, &shade(d, largest(dz)), Some(THIN), 0.0);
                canvas.centred((cx, cy - 8.0), &number(pixel), SIZE, colour);
                canvas.centred((cx, cy + 9.0), &format!("× {}", number(d)), 11.0, colour);
            } else {
                canvas.cell(at, "", SIZE, "#F2F2F2");
                canvas.centred((cx, cy), &number(pixel), SIZE, LINE);
            }
        }
    }
    frame(canvas, corner, cell, (k, l), (dz.len(), dz.len()));
}
