// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ClientError, wording};
use isotope_model::{ImagePreview, Refusal, Standing, Trust, TrustProblem, VerificationPath};

use super::super::readings::Read;
use super::super::{Choice, Line, LineButton, LineEnd, Tone, trouble};

/// How far the followed image is.
pub(super) struct Way {
    /// The steps.
    pub(super) path: VerificationPath,
    /// What this computer says of the image as it is followed.
    pub(super) present: Trust,
    /// The registry has been asked.
    pub(super) looked: bool,
}

/// How a step stands, and more words on that.
type Step = (Standing, String);

impl Way {
    /// How many steps are done.
    pub(super) fn done(&self) -> u32 {
        self.path.steps().into_iter().map(|standing| u32::from(standing == Standing::Done)).sum()
    }

    fn signed(&self) -> Step {
        let words = match self.path.signed {
            Standing::Done => gettext("The registry has a signature for the image"),
            Standing::ToDo => gettext("The registry has no signature for the image that this computer could check"),
            _ if self.looked => gettext("What the registry told does not say it"),
            _ => gettext("Nobody has looked in the registry yet"),
        };
        (self.path.signed, words)
    }

    fn demanded(&self) -> Step {
        let words = match (self.path.demanded, &self.path.problem) {
            (Standing::Done, Some(TrustProblem::NotSigned)) => {
                gettext("This computer installs the image only with a signature")
            }
            (Standing::ToDo, None) => gettext("An administrator writes what stands below"),
            _ => wording::trust(&self.present),
        };
        (self.path.demanded, words)
    }

    fn strict(&self) -> Step {
        let words = match self.path.strict {
            Standing::Done => gettext("It is refused where this computer’s policy accepts everything by default"),
            Standing::ToDo => gettext(
                "Switch to the same image in the form that is refused where this computer’s policy accepts everything by \
                 default",
            ),
            Standing::NotPossible => gettext(
                "This computer’s policy accepts all other images by default, and that form is refused then. The rule counts \
                 all the same, as long as it is there. An administrator can have the policy reject by default, and accept \
                 what else is needed by rules",
            ),
            _ if self.path.demanded == Standing::Done => {
                gettext("Once the image carries the signature that is demanded")
            }
            _ => gettext("Once this computer demands a signature"),
        };
        (self.path.strict, words)
    }
}

/// The three steps; without a way they wait.
pub(super) fn lines(way: Option<&Way>, preview: Option<&Read<ImagePreview>>, idle: bool) -> Vec<Line> {
    let titles = [
        gettext("1. The Vendor Signs It"),
        gettext("2. This Computer Demands a Signature"),
        gettext("3. Follow It Only Checked"),
    ];
    let Some(way) = way else { return titles.map(Line::waiting).into() };
    let [signs, rule, follow] = titles;
    let signs = match preview {
        Some(Read::Waiting) => {
            Line { end: LineEnd::Waiting, ..Line::new(signs, gettext("The registry is being asked…")) }
        }
        Some(Read::Failed(error)) => failed(signs, error),
        Some(Read::There(_)) => line(signs, way.signed()),
        None if way.path.signed == Standing::Done => line(signs, way.signed()),
        None => Line { end: look(gettext("_Look It Up")), ..line(signs, way.signed()) },
    };
    let switch = way.path.switch_to.as_ref().map(|image| {
        let choice = Choice::Switch(image.to_string());
        let busy = (!idle).then(|| wording::refusal(&Refusal::Busy { operation: None }).what);
        LineEnd::Button(LineButton {
            label: gettext("_Switch…"),
            spoken: gettext("Follow the image only checked"),
            choice,
            destructive: false,
            reason: busy,
        })
    });
    let follow = Line { end: switch.unwrap_or(LineEnd::Nothing), ..line(follow, way.strict()) };
    vec![signs, line(rule, way.demanded()), follow]
}

fn look(label: String) -> LineEnd {
    let spoken = gettext("Look in the registry for a signature");
    LineEnd::Button(LineButton { label, spoken, choice: Choice::LookUp, destructive: false, reason: None })
}

fn failed(title: String, error: &ClientError) -> Line {
    let (icon, tone) = (Some("isotope-row-attention-symbolic"), Tone::Warning);
    let (what, remedy) = trouble::of_lookup(error);
    let words = format!("{what}\n{remedy}");
    Line { icon, tone, end: look(gettext("_Try Again")), ..Line::new(title, words) }
}

fn line(title: String, (standing, words): Step) -> Line {
    let (icon, tone, state) = match standing {
        // Translators: how one of several steps stands.
        Standing::Done => ("isotope-row-done-symbolic", Tone::Good, gettext("Done")),
        // Translators: how one of several steps stands: somebody has to take it.
        Standing::ToDo => ("isotope-row-attention-symbolic", Tone::Warning, gettext("To do")),
        // Translators: a step that has to wait for another one.
        Standing::Later => ("isotope-row-kept-symbolic", Tone::Quiet, gettext("Later")),
        // Translators: a step that cannot be taken on this computer.
        Standing::NotPossible => ("isotope-row-cancelled-symbolic", Tone::Quiet, gettext("Not possible")),
        // Translators: nobody knows whether a step is done.
        Standing::NotKnown => ("isotope-row-attention-symbolic", Tone::Quiet, gettext("Not known")),
    };
    Line { icon: Some(icon), tone, ..Line::new(title, format!("{state}\n{words}")) }
}
