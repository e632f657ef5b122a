// SPDX-License-Identifier: GPL-3.0-or-later

/// What the progress bar does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BarMotion {
    /// It stands here, from 0 to 1.
    At(f64),
    /// It moves without saying how far things are.
    Pulse,
}

/// Where the bar stands; it never goes back while one operation runs, and pulses only until something is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct BarPosition {
    operation: String,
    highest: Option<f64>,
}

impl BarPosition {
    /// What the bar does when this fraction of this operation is known.
    pub(crate) fn show(&mut self, operation: &str, fraction: Option<f64>) -> BarMotion {
        if self.operation != operation {
            *self = Self { operation: operation.to_owned(), highest: None };
        }
        let known = fraction.filter(|fraction| fraction.is_finite()).map(|fraction| fraction.clamp(0.0, 1.0));
        if let Some(fraction) = known {
            self.highest = Some(self.highest.map_or(fraction, |highest| highest.max(fraction)));
        }
        self.highest.map_or(BarMotion::Pulse, BarMotion::At)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_where_it_was_when_less_is_known() {
        let mut bar = BarPosition::default();
        for (fraction, motion) in [
            (None, BarMotion::Pulse),
            (Some(0.3), BarMotion::At(0.3)),
            (None, BarMotion::At(0.3)),
            (Some(0.2), BarMotion::At(0.3)),
            (Some(f64::NAN), BarMotion::At(0.3)),
            (Some(7.0), BarMotion::At(1.0)),
        ] {
            assert_eq!(bar.show("1", fraction), motion);
        }
        assert_eq!(bar.show("2", None), BarMotion::Pulse);
    }
}
