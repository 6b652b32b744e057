//! Figures over time, drawn as bars. The same figures stand behind them as a table.

use domain::Timestamp;

use crate::actions::authorities::{Capacity, Hour};

/// The chart's size, in its own units.
const HEIGHT: i64 = 100;
const STEP: i64 = 30;
const BAR: i64 = 24;

/// What an authority's challenges do.
#[derive(Debug, Default)]
pub(in crate::console) struct CapacityChart {
    pub(in crate::console) held: i64,
    pub(in crate::console) most: i64,
    pub(in crate::console) waiting: i64,
    /// So many were given within the day.
    pub(in crate::console) given: i64,
    /// The height of the tallest bar.
    pub(in crate::console) top: i64,
    pub(in crate::console) width: i64,
    pub(in crate::console) bars: Vec<Bar>,
}

/// One hour.
#[derive(Debug)]
pub(in crate::console) struct Bar {
    pub(in crate::console) at: Timestamp,
    pub(in crate::console) given: i64,
    pub(in crate::console) failed: i64,
    pub(in crate::console) x: i64,
    pub(in crate::console) width: i64,
    pub(in crate::console) given_y: i64,
    pub(in crate::console) given_height: i64,
    pub(in crate::console) failed_y: i64,
    pub(in crate::console) failed_height: i64,
}

impl CapacityChart {
    /// Draws it.
    pub(in crate::console) fn of(capacity: &Capacity) -> Self {
        let hours = &capacity.hours;
        let top = hours.iter().map(|hour| hour.given + hour.failed).max();
        let top = top.unwrap_or_default();
        let bars: Vec<Bar> = (0_i64..)
            .zip(hours)
            .map(|(at, hour)| bar(at, hour, top.max(1)))
            .collect();
        Self {
            held: capacity.held,
            most: capacity.most,
            waiting: capacity.waiting,
            given: hours.iter().map(|hour| hour.given).sum(),
            top,
            width: bars.last().map_or(1, |bar| bar.x + STEP),
            bars,
        }
    }
}

fn bar(at: i64, hour: &Hour, top: i64) -> Bar {
    // What is there is seen, be it ever so little.
    let height = |count: i64| match count {
        0 => 0,
        count => (count * HEIGHT / top).max(2),
    };
    let (given, failed) = (height(hour.given), height(hour.failed));
    Bar {
        at: hour.at,
        given: hour.given,
        failed: hour.failed,
        x: at * STEP,
        width: BAR,
        given_y: HEIGHT - given,
        given_height: given,
        failed_y: (HEIGHT - given - failed).max(0),
        failed_height: failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_tall_as_their_figures_and_fit() {
        let hour = |given, failed| Hour {
            at: Timestamp::default(),
            given,
            failed,
        };
        let drawn = CapacityChart::of(&Capacity {
            held: 3,
            most: 5,
            waiting: 7,
            hours: vec![hour(0, 0), hour(50, 50), hour(25, 0), hour(0, 1)],
        });
        assert_eq!((drawn.top, drawn.given, drawn.width), (100, 75, 120));
        let heights: Vec<_> = drawn
            .bars
            .iter()
            .map(|bar| (bar.given_height, bar.failed_height))
            .collect();
        assert_eq!(heights, [(0, 0), (50, 50), (25, 0), (0, 2)]);
        assert!(
            drawn
                .bars
                .iter()
                .all(|bar| bar.failed_y >= 0 && bar.given_y + bar.given_height == HEIGHT)
        );
    }
}
