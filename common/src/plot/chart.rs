//! What a chart is like, apart from its curves.

/// The words and axes of a chart. An axis spans its data unless a range is given.
#[derive(Clone, Debug)]
pub struct Chart {
    pub(super) title: String,
    pub(super) x_label: String,
    pub(super) y_label: String,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

/// How an axis is scaled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scale {
    pub(super) log: bool,
    /// Begin at zero where all data are positive.
    pub(super) from_zero: bool,
    range: Option<(f64, f64)>,
}

impl Scale {
    /// The given range, unless the axis cannot show it.
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        self.range.filter(|&(low, high)| self.shows(low) && self.shows(high) && low < high)
    }

    /// Differences of larger numbers are infinite; smaller ones have no logarithm to speak of.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.abs() <= 1e300 && (!self.log || value >= 1e-300)
    }
}

impl Chart {
    /// A chart with linear axes.
    pub fn new(
        title: impl Into<String>,
        x_label: impl Into<String>,
        y_label: impl Into<String>,
    ) -> Chart {
        let (x, y) = (Scale::default(), Scale::default());
        Chart { title: title.into(), x_label: x_label.into(), y_label: y_label.into(), x, y }
    }

    /// Accuracy in percent, 0 to 100, against iterations.
    pub fn accuracy(title: impl Into<String>) -> Chart {
        Chart::new(title, "iterations", "accuracy (%)").y_range(0.0, 100.0)
    }

    /// Loss, from 0, against iterations.
    pub fn loss(title: impl Into<String>) -> Chart {
        let mut chart = Chart::new(title, "iterations", "loss");
        chart.y.from_zero = true;
        chart
    }

    /// A logarithmic x axis; points at or below zero are left out.
    pub fn log_x(mut self) -> Chart {
        self.x.log = true;
        self
    }

    /// A logarithmic y axis; points at or below zero are left out.
    pub fn log_y(mut self) -> Chart {
        self.y.log = true;
        self
    }

    /// What x is, instead of "iterations".
    pub fn x_label(self, label: &str) -> Chart {
        Chart { x_label: label.to_owned(), ..self }
    }

    /// Shows x from `low` to `high`, whatever the data. Ignored unless `low < high`.
    pub fn x_range(mut self, low: f64, high: f64) -> Chart {
        self.x.range = Some((low, high));
        self
    }

    /// Shows y from `low` to `high`, whatever the data. Ignored unless `low < high`.
    pub fn y_range(mut self, low: f64, high: f64) -> Chart {
        self.y.range = Some((low, high));
        self
    }
}
