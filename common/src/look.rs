//! The page `look.html`: the network that a lesson has just learnt, to be looked into in a
//! browser, forward and backward. It is one file with scripts, styles and numbers, and loads
//! nothing from anywhere. Scripts and styles are those of the book, in `docs/book/live`.

mod browser; // opens the page
mod layer; // the layers of a network, in the words of the page
mod live; // the scripts and styles

use std::io::Write;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine};
use ndarray::{ArrayRef1, ArrayRef2};
use serde_json::{Map, Value, json};

use crate::params::Params;
use crate::{Float, Result, files};

pub use layer::{Layer, affine, average_pool, conv, max_pool, relu, sigmoid};
pub use live::{SCRIPTS, START, STYLE};

/// The name of the page in a lesson's folder.
pub const FILE: &str = "look.html";

const SAMPLES: usize = 2; // test images of each class
/// What stands before and behind the numbers in the page.
const DATA: [&str; 2] = ["<script type=\"application/json\" id=\"network-data\">", "</script>"];

/// A page that is being made.
#[derive(Clone, Debug)]
pub struct Page {
    data: Value,
    names: Vec<String>, // of the parameters that the layers have
}

impl Page {
    /// The page of a chapter, by the name of its folder, for a network of these `layers` with
    /// logits `(10,)`, whose arrays are in `params`. Fails if one of them is not, or is not
    /// finite.
    pub fn new(
        chapter: &str,
        classes: &[&str],
        layers: impl IntoIterator<Item = Layer>,
        params: &Params<Float>,
    ) -> Result<Page> {
        let layers: Vec<Layer> = layers.into_iter().collect();
        let names: Vec<String> = layers.iter().flat_map(Layer::names).collect();
        let layers: Result<Vec<Value>> =
            layers.into_iter().map(|layer| layer.with_shapes(params)).collect();
        let data = json!({
            "format": 1,
            "chapter": chapter,
            "input": {
                "shape": [1, 28, 28],
                "scale": "x = (pixel / 255 - mean) / deviation",
                "mean": 0,
                "deviation": 1,
            },
            "classes": classes,
            "layers": layers?,
            "arrays": arrays(&names, params)?,
            "samples": { "images": "", "labels": [] },
            "history": [],
        });
        Ok(Page { data, names })
    }

    /// Adds the first images of each class, from `x (N, 784)` in 0 to 1 with `labels (N,)`.
    pub fn samples(mut self, x: &ArrayRef2<Float>, labels: &ArrayRef1<usize>) -> Page {
        let classes = self.data["classes"].as_array().map_or(0, Vec::len);
        let of_class = |class| (0..labels.len()).filter(move |&i| labels[i] == class).take(SAMPLES);
        let rows: Vec<usize> = (0..classes).flat_map(of_class).collect();
        let byte = |v: &Float| (255.0 * v).round() as u8;
        let pixels: Vec<u8> = rows.iter().flat_map(|&i| x.row(i).into_iter().map(byte)).collect();
        let labels: Vec<usize> = rows.iter().map(|&i| labels[i]).collect();
        self.data["samples"] =
            json!({ "images": BASE64_STANDARD.encode(pixels), "labels": labels });
        self
    }

    /// Adds the network as it was after `iteration` steps, with its accuracy on the test set
    /// in percent. Fails as [`Page::new`].
    pub fn add_history(
        &mut self,
        iteration: usize,
        accuracy: f64,
        params: &Params<Float>,
    ) -> Result {
        let arrays = arrays(&self.names, params)?;
        let entry = json!({ "iteration": iteration, "accuracy": accuracy, "arrays": arrays });
        self.data["history"].as_array_mut().expect("made by `new`").push(entry);
        Ok(())
    }

    /// Writes the page into the folder `out`, says so, and opens it in the browser if `open`
    /// says so. A browser that does not start is no error, only a note. Fails if the file cannot
    /// be written.
    pub fn save(&self, out: &Path, open: bool) -> Result {
        let path = out.join(FILE);
        let html = self.html();
        files::write(&path, |file| {
            file.write_all(html.as_bytes()).map_err(|error| files::io_error(&path, &error))
        })?;
        println!("to look inside the network, open {} in a browser", path.display());
        if open && let Err(error) = browser::open(&path) {
            eprintln!("note: --look: no browser could be started ({error}); open the page by hand");
        }
        Ok(())
    }

    fn html(&self) -> String {
        let chapter = self.data["chapter"].as_str().unwrap_or_default();
        // `<` would be read as HTML.
        let data = self.data.to_string().replace('<', "\\u003c");
        let scripts: String =
            SCRIPTS.iter().map(|(_, text)| format!("<script>\n{text}</script>\n")).collect();
        let [before, behind] = DATA;
        format!(
            "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<link rel=\"icon\" href=\"data:,\">
<title>{chapter}: look inside</title>
<style>
{style}</style>
</head>
<body>
<main data-live=\"network\"></main>
<noscript>This page computes in the browser: allow it to run its scripts.</noscript>
{before}{data}{behind}
{scripts}<script>{START}</script>
</body>
</html>
",
            style = STYLE.1,
        )
    }
}

/// The numbers in a page that [`Page::save`] wrote, as JSON.
pub fn data_of(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once(DATA[0])?;
    rest.split_once(DATA[1]).map(|(data, _)| data)
}

/// The arrays with these names: shapes, and numbers as `f32` in base64, lowest byte first.
fn arrays(names: &[String], params: &Params<Float>) -> Result<Value> {
    let mut arrays = Map::new();
    for name in names {
        let array = params.any_shape(name)?;
        let bytes = |&v: &Float| (Into::<f64>::into(v) as f32).to_le_bytes();
        let bytes: Vec<u8> = array.iter().flat_map(bytes).collect();
        let data = BASE64_STANDARD.encode(bytes);
        arrays.insert(name.clone(), json!({ "shape": array.shape(), "data": data }));
    }
    Ok(arrays.into())
}
