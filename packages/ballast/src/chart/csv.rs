//! A row for each step, a column for each series.

use super::Line;

/// The table, with a heading. Numbers are exact; where there is none the cell is empty.
pub fn table(names: &[String], lines: &[Line]) -> String {
    let heading = ["story", "step", "seconds"].map(str::to_owned);
    let mut out = row(heading.iter().chain(names).map(String::as_str));
    for line in lines {
        for point in &line.points {
            let (step, seconds) = (point.step.to_string(), point.elapsed.to_string());
            let numbers = point
                .numbers
                .iter()
                .map(|n| n.as_deref().unwrap_or_default());
            let first = [line.file.as_str(), &step, &seconds];
            out += &row(first.into_iter().chain(numbers));
        }
    }
    out
}

fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(cell).collect();
    cells.join(",") + "\n"
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Point;

    #[test]
    fn a_row_for_each_step() {
        let point = |step, elapsed, number: Option<&str>| Point {
            step,
            elapsed,
            numbers: vec![number.map(str::to_owned), Some("2.4".into())],
        };
        let line = Line {
            label: "plain".into(),
            file: "a,b.yaml".into(),
            points: vec![point(1, 0, Some("0.5")), point(3, 86_400, None)],
        };
        let names = ["cover, \"of\" all".to_owned(), "par".to_owned()];
        assert_eq!(
            table(&names, &[line]),
            "story,step,seconds,\"cover, \"\"of\"\" all\",par\n\
             \"a,b.yaml\",1,0,0.5,2.4\n\
             \"a,b.yaml\",3,86400,,2.4\n"
        );
    }
}
