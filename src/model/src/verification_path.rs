// SPDX-License-Identifier: GPL-3.0-or-later
use crate::{ContainerReference, ImageReference, Trust, TrustProblem, TrustState, Verification};

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is done.
    Done,
    /// Somebody can do it now.
    ToDo,
    /// It has to wait for the step before.
    Later,
    /// It cannot be done on this computer as things are.
    NotPossible,
    /// Nobody knows.
    NotKnown,
}

/// How far a computer is on the way from an image that nothing checks to one that is installed only if its signature
/// convinces: the vendor signs it, the computer demands a signature, and it is followed in the form that is refused where the
/// policy accepts everything by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationPath {
    /// What a rule is to be made for: the repository, as `policy.json` names scopes.
    pub scope: String,
    /// The vendor signs the image, in a form that this computer could check.
    pub signed: Standing,
    /// This computer installs the image only if its signature convinces.
    pub demanded: Standing,
    /// It is followed in the strict form.
    pub strict: Standing,
    /// What stands in the way of the second step.
    pub problem: Option<TrustProblem>,
    /// What an administrator is to write for the second step.
    pub write: Write,
    /// The same image in the strict form: to be switched to now.
    pub switch_to: Option<ImageReference>,
}

/// What an administrator is to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Write {
    /// A rule with the vendor's key.
    pub rule: Option<RuleChange>,
    /// That signatures lie beside the images.
    pub attachments: bool,
}

/// Where a rule goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleChange {
    /// It is added.
    Add,
    /// It takes the place of the rule with this scope, which would win or stand there twice otherwise.
    Replace {
        /// The scope of the rule that is there.
        scope: String,
    },
}

impl VerificationPath {
    /// The way of a followed image, of which the host says `present`, and of whose [`strict_form`] it says `strict`. Nothing
    /// for what is no image of a registry, or is checked in a way of its own.
    pub fn of(present: &Trust, strict: &Trust) -> Option<Self> {
        let container = of_registry(&present.image)?;
        if strict_form(&present.image).as_ref() != Some(&strict.image) {
            return None;
        }
        let demanded = match present.state {
            _ if present.is_enforced() || present.problem == Some(TrustProblem::NotSigned) => Standing::Done,
            TrustState::Unknown => Standing::NotKnown,
            _ => Standing::ToDo,
        };
        let accepts_all = strict.problem == Some(TrustProblem::PolicyAcceptsEverything);
        let followed = match demanded {
            Standing::Done if present.image == strict.image => Standing::Done,
            Standing::Done if strict.is_enforced() && present.is_enforced() => Standing::ToDo,
            Standing::Done if accepts_all => Standing::NotPossible,
            _ => Standing::Later,
        };
        Some(Self {
            scope: container.repository().to_owned(),
            signed: signed(present),
            demanded,
            strict: followed,
            problem: present.problem.clone(),
            write: if demanded == Standing::Done {
                Write::default()
            } else {
                Write::of(present, container.repository())
            },
            switch_to: (followed == Standing::ToDo).then(|| strict.image.clone()),
        })
    }

    /// The steps, in their order.
    pub fn steps(&self) -> [Standing; 3] {
        [self.signed, self.demanded, self.strict]
    }

    /// Nothing is left to do.
    pub fn is_at_its_end(&self) -> bool {
        self.demanded == Standing::Done && self.strict == Standing::Done && self.problem.is_none()
    }
}

/// Signatures of other kinds than sigstore's lie elsewhere, where nobody looks.
fn signed(present: &Trust) -> Standing {
    let looked_for = present.keys.is_empty() || present.demands_sigstore();
    match present.signed.filter(|_| looked_for) {
        Some(true) => Standing::Done,
        Some(false) => Standing::ToDo,
        None => Standing::NotKnown,
    }
}

impl Write {
    fn of(present: &Trust, repository: &str) -> Self {
        let of_this_image = |scope: &&String| {
            scope.strip_prefix(repository).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
        };
        let rule = || match present.scope.as_ref().filter(of_this_image) {
            Some(scope) => RuleChange::Replace { scope: scope.clone() },
            None => RuleChange::Add,
        };
        match &present.problem {
            Some(
                TrustProblem::PolicyBroken { .. }
                | TrustProblem::SettingsBroken { .. }
                | TrustProblem::KeyMissing { .. },
            ) => Self::default(),
            Some(TrustProblem::AttachmentsNotUsed) => Self { rule: None, attachments: true },
            // A rule there is already does not help either while everything else is accepted.
            Some(TrustProblem::PolicyAcceptsEverything) if !present.keys.is_empty() => Self::default(),
            _ => Self { rule: Some(rule()), attachments: true },
        }
    }
}

/// The same image, in the form that is installed only where the host's policy does not accept everything. Nothing for what
/// is no image of a registry, or is checked in a way of its own.
pub fn strict_form(image: &ImageReference) -> Option<ImageReference> {
    let container = of_registry(image)?;
    let strict = ContainerReference::new(Verification::Policy, container.transport(), container.name()).ok()?;
    Some(ImageReference::from(&strict))
}

fn of_registry(image: &ImageReference) -> Option<ContainerReference> {
    let of_remote = |image: &ContainerReference| matches!(image.verification(), Verification::OstreeRemote(_));
    image.in_registry().filter(|image| !of_remote(image))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrustKey;

    const OPEN: &str = "ostree-unverified-registry:quay.io/o/gnome:10";
    const STRICT: &str = "ostree-image-signed:docker://quay.io/o/gnome:10";

    fn trust(reference: &str, state: TrustState, problem: Option<TrustProblem>) -> Trust {
        let image = ImageReference::Container { reference: reference.into() };
        Trust { state, problem, ..Trust::unknown(image) }
    }

    fn way(present: &Trust, strict: &Trust) -> VerificationPath {
        VerificationPath::of(present, strict).unwrap()
    }

    #[test]
    fn the_way_leads_from_no_rule_over_a_rule_to_the_strict_form() {
        use Standing::{Done, Later, NotKnown, NotPossible, ToDo};
        let refused = || trust(STRICT, TrustState::Refused, Some(TrustProblem::PolicyAcceptsEverything));
        let verified = |reference| trust(reference, TrustState::Verified, None);
        let nothing = way(&trust(OPEN, TrustState::Unchecked, None), &refused());
        assert_eq!((nothing.scope.as_str(), nothing.steps()), ("quay.io/o/gnome", [NotKnown, ToDo, Later]));
        assert_eq!(nothing.write, Write { rule: Some(RuleChange::Add), attachments: true });
        assert!(nothing.switch_to.is_none() && !nothing.is_at_its_end());

        let rule = way(&verified(OPEN).with_signed(true), &verified(STRICT));
        assert_eq!((rule.steps(), rule.write.clone()), ([Done, Done, ToDo], Write::default()));
        assert_eq!(rule.switch_to.unwrap().to_string(), STRICT);

        let end = way(&verified(STRICT), &verified(STRICT));
        assert!(end.is_at_its_end() && end.steps() == [NotKnown, Done, Done]);
        // By default everything else is accepted, which the strict form does not stand.
        let almost = way(&verified(OPEN), &refused());
        assert!(!almost.is_at_its_end() && almost.steps() == [NotKnown, Done, NotPossible]);
        // Followed strictly, and yet nothing checks it: by a rule for all registries.
        let open = trust(STRICT, TrustState::Unchecked, None);
        assert_eq!(way(&open, &open).steps(), [NotKnown, ToDo, Later]);
    }

    #[test]
    fn a_demand_that_cannot_be_fulfilled_is_not_the_end() {
        let key = vec![TrustKey::Sigstore { paths: vec![] }];
        let demanding = |reference| Trust { keys: key.clone(), ..trust(reference, TrustState::Verified, None) };
        let unsigned = demanding(OPEN).with_signed(false);
        let unsigned = way(&unsigned, &demanding(STRICT).with_signed(false));
        assert_eq!(unsigned.steps(), [Standing::ToDo, Standing::Done, Standing::Later]);
        assert!(!unsigned.is_at_its_end() && unsigned.write == Write::default());
        // Other signatures lie elsewhere.
        let gpg = |reference| Trust { keys: vec![TrustKey::Gpg { paths: vec![] }], ..demanding(reference) };
        let gpg = way(&Trust { signed: Some(true), ..gpg(STRICT) }, &gpg(STRICT));
        assert_eq!(gpg.signed, Standing::NotKnown);
    }

    #[test]
    fn only_what_helps_is_to_be_written() {
        let scoped = |scope: &str| Trust { scope: Some(scope.into()), ..trust(OPEN, TrustState::Unchecked, None) };
        let strict = trust(STRICT, TrustState::Unchecked, None);
        let rule_of = |present: &Trust| way(present, &strict).write.rule;
        for scope in ["quay.io/o/gnome", "quay.io/o/gnome:10"] {
            assert_eq!(rule_of(&scoped(scope)), Some(RuleChange::Replace { scope: scope.into() }));
        }
        for scope in ["quay.io/o", "quay.io/o/gnome-next", ""] {
            assert_eq!(rule_of(&scoped(scope)), Some(RuleChange::Add), "{scope}");
        }
        let problem = |problem| way(&trust(OPEN, TrustState::Refused, Some(problem)), &strict).write;
        let nothing = Write::default();
        assert_eq!(problem(TrustProblem::PolicyBroken { detail: String::new() }), nothing);
        assert_eq!(problem(TrustProblem::KeyMissing { path: "/k".into() }), nothing);
        assert_eq!(problem(TrustProblem::AttachmentsNotUsed), Write { rule: None, attachments: true });
        assert_eq!(problem(TrustProblem::PolicyMissing).rule, Some(RuleChange::Add));
    }

    #[test]
    fn what_is_checked_in_another_way_has_no_such_path() {
        for text in ["ostree-remote-registry:r:quay.io/o/a", "ostree-unverified-image:oci:/var/os", "?"] {
            assert_eq!(strict_form(&ImageReference::Container { reference: text.into() }), None, "{text}");
        }
        assert_eq!(strict_form(&ImageReference::from_refspec("r:b").unwrap()), None);
        assert_eq!(strict_form(&ImageReference::Container { reference: OPEN.into() }).unwrap().to_string(), STRICT);
    }
}
