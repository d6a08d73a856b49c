//! Curves read back from what chapters 01 to 03 have saved.

use std::fs;

use tour::curves::{at_each_rate, test, training};

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

#[test]
fn a_training_curve_is_averaged_block_by_block() {
    let text = "iteration,loss,accuracy\n1,9,10\n2,8,20\n3,7,60\n4,6,80\n5,5,90\n";
    let folder = folder_with("curve.csv", text);
    let points = training(folder.path(), 2).unwrap();
    assert_eq!(points, [(1.5, 15.0), (3.5, 70.0)]);
}

const STUDIES: &str = "\
hidden,learning_rate,iteration,loss,train,validation,test
0,0.0010000000474974513,1000,1,80,NaN,81
0,0.0010000000474974513,2000,1,80,NaN,83
100,0.0010000000474974513,1000,1,80,NaN,82
0,0.0010000000474974513,1000,1,80,79,78
0,0.0010000000474974513,2000,1,80,80,79
100,0.009999999776482582,1000,1,80,90,91
100,0.009999999776482582,2000,1,80,91,92
100,0.0010000000474974513,1000,1,80,NaN,82
";

#[test]
fn a_test_curve_holds_every_point_once_and_none_of_the_other_studies() {
    let folder = folder_with("curves.csv", STUDIES);
    let points = test(folder.path(), 0.0).unwrap();
    assert_eq!(points, [(1000.0, 81.0), (2000.0, 83.0)]);
    assert_eq!(test(folder.path(), 100.0).unwrap(), [(1000.0, 82.0)]);
    assert_eq!(test(folder.path(), 20.0).unwrap(), []);
}

#[test]
fn the_last_test_accuracy_at_each_rate_is_a_figure() {
    let folder = folder_with("curves.csv", STUDIES);
    let figures = at_each_rate(&folder.path().join("curves.csv")).unwrap();
    let texts: Vec<_> =
        figures.iter().map(|f| (f.name.as_str(), f.value, f.article.as_deref())).collect();
    let breaks = Some("the same ceiling, in a curve that breaks");
    assert_eq!(
        texts,
        [
            ("simple at rate 0.001 after 2,000", 79.0, None),
            ("hidden at rate 0.01 after 2,000", 92.0, breaks),
        ]
    );
}

#[test]
fn another_table_is_refused_by_its_name() {
    for text in ["a,b\n1,2\n", "iteration,accuracy\n1,x\n"] {
        let folder = folder_with("curve.csv", text);
        let error = training(folder.path(), 1).unwrap_err().to_string();
        assert!(error.contains("curve.csv: is not a table"), "{error}");
    }
}
