//! A panel for each series, a line for each story.

use plotters::{
    prelude::*,
    style::{Color, RGBColor},
};

use super::Line;

const WIDTH: u32 = 820;
const PANEL: u32 = 165;
const COLOURS: [RGBColor; 4] = [
    RGBColor(0x1f, 0x5f, 0xa8),
    RGBColor(0xc8, 0x4b, 0x16),
    RGBColor(0x2f, 0x7d, 0x32),
    RGBColor(0x6a, 0x3d, 0x9a),
];
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);

/// The plot. Numbers hold from one step to the next, so lines are stairs.
pub fn draw(names: &[String], lines: &[Line]) -> anyhow::Result<String> {
    let mut out = String::new();
    {
        let height = PANEL * u32::try_from(names.len())?;
        let root = SVGBackend::with_string(&mut out, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE).map_err(unexpected)?;
        for (index, area) in root.split_evenly((names.len(), 1)).iter().enumerate() {
            panel(area, index, names, lines)?;
        }
        root.present().map_err(unexpected)?;
    }
    Ok(out)
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    index: usize,
    names: &[String],
    lines: &[Line],
) -> anyhow::Result<()> {
    let series = lines
        .iter()
        .map(|line| line.series(index))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let points = || series.iter().flatten();
    let days = points().fold(1.0_f64, |most, (day, _)| most.max(*day));
    let top = points().fold(0.0_f64, |most, (_, number)| most.max(*number));
    let top = if top > 0.0 { top * 1.08 } else { 1.0 };
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .caption(&names[index], ("sans-serif", 15))
        .x_label_area_size(26)
        .y_label_area_size(72)
        .build_cartesian_2d(0.0..days * 1.02, 0.0..top)
        .map_err(unexpected)?;
    let mut mesh = chart.configure_mesh();
    mesh.light_line_style(WHITE.mix(0.0))
        .bold_line_style(GRID)
        .axis_style(BLACK)
        .x_labels(10)
        .y_labels(5)
        .label_style(("sans-serif", 12))
        .x_label_formatter(&|day| format!("{day}"))
        .y_label_formatter(&|number| short(*number));
    if index + 1 == names.len() {
        mesh.x_desc("days");
    }
    mesh.draw().map_err(unexpected)?;
    for ((line, points), colour) in lines.iter().zip(series).zip(COLOURS.iter().cycle()) {
        let stroke = colour.stroke_width(2);
        let drawn = chart
            .draw_series(LineSeries::new(stairs(&points), stroke))
            .map_err(unexpected)?;
        drawn
            .label(&line.label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], stroke));
    }
    if index == 0 && lines.len() > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerLeft)
            .background_style(WHITE)
            .border_style(GRID)
            .label_font(("sans-serif", 12))
            .draw()
            .map_err(unexpected)?;
    }
    Ok(())
}

/// Each number holds until the next step.
fn stairs(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut stairs: Vec<(f64, f64)> = vec![];
    for (day, number) in points {
        if let Some((_, last)) = stairs.last().copied() {
            stairs.push((*day, last));
        }
        stairs.push((*day, *number));
    }
    stairs
}

/// A number at an axis: in thousands where it is large, without the dust of binary fractions.
fn short(number: f64) -> String {
    if number >= 10_000.0 {
        format!("{} k", rounded(number / 1_000.0))
    } else {
        rounded(number)
    }
}

fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

/// The backend writes into a text, which cannot fail; its errors borrow what they are about.
fn unexpected(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn numbers_hold_until_the_next() {
        let points = [(0.0, 1.0), (1.0, 3.0), (1.0, 2.0)];
        let expected = [(0.0, 1.0), (1.0, 1.0), (1.0, 3.0), (1.0, 3.0), (1.0, 2.0)];
        assert_eq!(stairs(&points), expected);
        assert_eq!(stairs(&[]), []);
    }

    #[rstest]
    #[case(0.0, "0")]
    #[case(0.5, "0.5")]
    #[case(2.400_000_000_000_000_4, "2.4")]
    #[case(300_000.0, "300 k")]
    #[case(9_999.0, "9999")]
    fn numbers_at_an_axis(#[case] number: f64, #[case] text: &str) {
        assert_eq!(short(number), text);
    }
}
