// SPDX-License-Identifier: GPL-3.0-or-later
use super::super::Network;

/// A step of the welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// What this is.
    Welcome,
    /// Whether the computer is connected.
    Network,
    /// Which desktop it is to have.
    Desktop,
    /// What it does about updates by itself.
    Updates,
    /// What all that comes to.
    Summary,
    /// It is being done.
    Work,
    /// It is done.
    Done,
}

impl Step {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 7] =
        [Self::Welcome, Self::Network, Self::Desktop, Self::Updates, Self::Summary, Self::Work, Self::Done];

    /// Its name among the pages.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Network => "network",
            Self::Desktop => "desktop",
            Self::Updates => "updates",
            Self::Summary => "summary",
            Self::Work => "work",
            Self::Done => "done",
        }
    }

    /// The step with this name.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.tag() == tag)
    }

    /// The step after this one. Where the computer is connected, nobody is told about networks.
    pub(crate) fn next(self, network: Network) -> Self {
        match self {
            Self::Welcome if network.is_connected() => Self::Desktop,
            Self::Welcome => Self::Network,
            Self::Network => Self::Desktop,
            Self::Desktop => Self::Updates,
            Self::Updates => Self::Summary,
            Self::Summary => Self::Work,
            Self::Work | Self::Done => Self::Done,
        }
    }

    /// Whether it can be left for the step before: what is being done or is done cannot be undone by going back.
    pub(crate) fn goes_back(self) -> bool {
        self < Self::Work
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_leads_to_the_end() {
        for network in [Network::Online, Network::Metered, Network::Offline, Network::SignIn] {
            let mut way = vec![Step::Welcome];
            while *way.last().unwrap() != Step::Done {
                way.push(way.last().unwrap().next(network));
            }
            assert_eq!(way.contains(&Step::Network), !network.is_connected());
            assert!(way.is_sorted() && way.len() >= 6);
        }
    }

    #[test]
    fn a_step_is_found_by_its_name() {
        for step in Step::ALL {
            assert_eq!(Step::from_tag(step.tag()), Some(step));
        }
        assert!(Step::Summary.goes_back() && !Step::Work.goes_back() && !Step::Done.goes_back());
    }
}
