// SPDX-License-Identifier: GPL-3.0-or-later
//! From what stands in a file to what it means: every value is looked at once, here.

use std::collections::HashSet;

use crate::catalog::file::{
    FileArchitecture, FileCpuBaseline, FileEntry, FileOstree, FileRecognisedBy, FileSigning, FileSigningKind,
    FileStability, FileStatus, FileStream, FileText, FileVendor,
};
use crate::catalog::text::{self, is_language};
use crate::catalog::value;
use crate::catalog::{
    CatalogEntry, CatalogFault, ContainerSource, CpuBaseline, OstreeSource, RecognisedBy, Signing, Stability, Status,
    Stream, Text, Vendor,
};

/// The longest name of anything, in letters.
const LONGEST_NAME: usize = 100;
/// The longest summary, in letters.
const LONGEST_SUMMARY: usize = 300;
/// The most streams of an entry, and the most things that it is recognised by.
const MOST: usize = 32;
/// The most keys of a signature.
const MOST_KEYS: usize = 8;
/// The most translations of a text.
const MOST_LANGUAGES: usize = 200;

pub(crate) fn vendor(file: FileVendor) -> Result<Vendor, CatalogFault> {
    Ok(Vendor {
        id: value::word("vendor.id", file.id)?,
        name: text::line("vendor.name", file.name, LONGEST_NAME)?,
        homepage: file.homepage.map(|page| value::page("vendor.homepage", page)).transpose()?,
    })
}

pub(crate) fn entry(file: FileEntry, vendor: &Vendor) -> Result<CatalogEntry, CatalogFault> {
    let container = match file.container {
        Some(container) => {
            let image = value::repository("container.image", container.image)?;
            let signing = container.signing.map(|signing| container_signing(signing, &image)).transpose()?;
            Some(ContainerSource { image, signing })
        }
        None => None,
    };
    let status = match file.status {
        FileStatus::Active => Status::Active,
        FileStatus::Experimental => Status::Experimental,
        FileStatus::Deprecated => Status::Deprecated,
        FileStatus::Discontinued => Status::Discontinued,
    };
    value::at_most("architectures", file.architectures.len(), MOST_KEYS)?;
    let entry = CatalogEntry {
        id: value::word("id", file.id)?,
        vendor: vendor.clone(),
        name: in_languages("name", file.name, LONGEST_NAME)?,
        summary: file.summary.map(|summary| in_languages("summary", summary, LONGEST_SUMMARY)).transpose()?,
        desktop: file.desktop.map(|desktop| value::word("desktop", desktop)).transpose()?,
        container,
        ostree: file.ostree.map(ostree).transpose()?,
        streams: streams(file.streams)?,
        architectures: file.architectures.into_iter().map(|one| architecture(one).to_owned()).collect(),
        cpu_baseline: file.cpu_baseline.map(cpu_baseline),
        status,
        replaced_by: file.replaced_by.map(|id| value::word("replaced_by", id)).transpose()?,
        reversible: file.reversible,
        recognised_by: recognised_by(file.recognised_by)?,
        homepage: file.homepage.map(|page| value::page("homepage", page)).transpose()?,
        screenshot: file.screenshot.map(|name| value::picture("screenshot", name)).transpose()?,
        support_end: file.support_end.map(|day| value::day("support_end", &day)).transpose()?,
    };
    fits_together(&entry)?;
    Ok(entry)
}

/// What one key says about another.
fn fits_together(entry: &CatalogEntry) -> Result<(), CatalogFault> {
    let needs = |key: &str, needed: &str| Err(CatalogFault::Needs { key: key.into(), needed: needed.into() });
    if entry.replaced_by.is_some() && entry.is_offered() {
        return needs("replaced_by", "status");
    }
    if entry.replaced_by.as_ref() == Some(&entry.id) {
        return Err(CatalogFault::SuccessorLoop { id: entry.id.clone() });
    }
    for stream in &entry.streams {
        if stream.tag.is_some() && entry.repository(stream).is_none() {
            return needs("tag", "container.image");
        }
        if stream.branch.is_some() && entry.ostree.is_none() {
            return needs("branch", "ostree.remote");
        }
        // The parts may be sound, and the whole too long.
        let container = entry.container_reference(stream).map(|name| value::container("tag", &name));
        container.transpose()?;
        entry.refspec(stream, "amd64").map(|refspec| value::refspec("branch", &refspec)).transpose()?;
    }
    if entry.streams.is_empty() && entry.is_offered() {
        return Err(CatalogFault::Missing { key: "streams".into() });
    }
    let recognised = entry.recognised_by != RecognisedBy::default();
    match entry.streams.is_empty() && !recognised {
        true => Err(CatalogFault::Missing { key: "recognised_by".into() }),
        false => Ok(()),
    }
}

fn in_languages(key: &str, file: FileText, limit: usize) -> Result<Text, CatalogFault> {
    let mut translations = match file {
        FileText::English(text) => return Ok(Text::english(text::line(key, text, limit)?)),
        FileText::Translated(translations) => translations,
    };
    let english = translations.remove("en").ok_or_else(|| CatalogFault::Missing { key: format!("{key}.en") })?;
    value::at_most(key, translations.len(), MOST_LANGUAGES)?;
    let translated = translations.into_iter().map(|(language, text)| match is_language(&language) {
        true => text::translation(&format!("{key}.{language}"), text, limit).map(|text| (language, text)),
        false => Err(value::invalid(key, &language)),
    });
    Ok(Text { english: text::line(key, english, limit)?, translations: translated.collect::<Result<_, _>>()? })
}

fn ostree(file: FileOstree) -> Result<OstreeSource, CatalogFault> {
    let remote = value::remote("ostree.remote", file.remote)?;
    let signing = file.signed.map(|signed| match signed {
        true => Signing::OstreeRemote { remote: remote.clone() },
        false => Signing::None,
    });
    Ok(OstreeSource { remote, signing })
}

fn container_signing(file: FileSigning, image: &str) -> Result<Signing, CatalogFault> {
    let FileSigning { kind, keys, scope, remote } = file;
    let with_keys = matches!(kind, FileSigningKind::Sigstore | FileSigningKind::Gpg);
    if !with_keys && (!keys.is_empty() || scope.is_some()) {
        return Err(CatalogFault::Needs { key: "signing.keys".into(), needed: "signing.kind".into() });
    }
    if remote.is_some() && !matches!(kind, FileSigningKind::OstreeRemote) {
        return Err(CatalogFault::Needs { key: "signing.remote".into(), needed: "signing.kind".into() });
    }
    value::at_most("signing.keys", keys.len(), MOST_KEYS)?;
    let keys = keys.into_iter().map(|path| value::path("signing.keys", path)).collect::<Result<_, _>>()?;
    let scope = scope.map(|scope| value::scope("signing.scope", scope, image)).transpose()?;
    match (kind, remote) {
        (FileSigningKind::Sigstore, _) => Ok(Signing::Sigstore { keys, scope }),
        (FileSigningKind::Gpg, _) => Ok(Signing::Gpg { keys, scope }),
        (FileSigningKind::OstreeRemote, Some(remote)) => {
            Ok(Signing::OstreeRemote { remote: value::remote("signing.remote", remote)? })
        }
        (FileSigningKind::OstreeRemote, None) => Err(CatalogFault::Missing { key: "signing.remote".into() }),
        (FileSigningKind::None, _) => Ok(Signing::None),
    }
}

fn streams(file: Vec<FileStream>) -> Result<Vec<Stream>, CatalogFault> {
    value::at_most("streams", file.len(), MOST)?;
    let mut ids = HashSet::new();
    let mut streams = Vec::with_capacity(file.len());
    for one in file {
        let stream = stream(one)?;
        if !ids.insert(stream.id.clone()) {
            return Err(CatalogFault::Repeated { key: "streams.id".into(), value: stream.id });
        }
        streams.push(stream);
    }
    Ok(streams)
}

fn stream(file: FileStream) -> Result<Stream, CatalogFault> {
    let missing = |key: &str| CatalogFault::Missing { key: key.into() };
    if file.tag.is_none() && file.branch.is_none() {
        return Err(missing("tag"));
    }
    if file.tag.is_none() && (file.image.is_some() || !file.aliases.is_empty()) {
        return Err(missing("tag"));
    }
    value::at_most("aliases", file.aliases.len(), MOST)?;
    let id = file.id.or_else(|| file.tag.clone()).ok_or_else(|| missing("streams.id"))?;
    Ok(Stream {
        id: value::tag("streams.id", id)?,
        label: file.label.map(|label| in_languages("label", label, LONGEST_NAME)).transpose()?,
        stability: file.stability.map(|stability| match stability {
            FileStability::Stable => Stability::Stable,
            FileStability::Testing => Stability::Testing,
            FileStability::Development => Stability::Development,
        }),
        tag: file.tag.map(|tag| value::tag("tag", tag)).transpose()?,
        image: file.image.map(|image| value::repository("streams.image", image)).transpose()?,
        aliases: file.aliases.into_iter().map(|tag| value::tag("aliases", tag)).collect::<Result<_, _>>()?,
        branch: file.branch.map(|branch| value::branch("branch", branch)).transpose()?,
    })
}

fn recognised_by(file: FileRecognisedBy) -> Result<RecognisedBy, CatalogFault> {
    let each = |key: &'static str, values: Vec<String>, check: fn(&str, String) -> Result<String, CatalogFault>| {
        value::at_most(key, values.len(), MOST)?;
        values.into_iter().map(|value| check(key, value)).collect::<Result<Vec<_>, _>>()
    };
    Ok(RecognisedBy {
        variant_ids: each("variant_ids", file.variant_ids, value::os_release_word)?,
        ids: each("ids", file.ids, value::os_release_word)?,
        image_prefixes: each("image_prefixes", file.image_prefixes, value::repository)?,
        refspecs: each("refspecs", file.refspecs, value::refspec_pattern)?,
    })
}

fn architecture(file: FileArchitecture) -> &'static str {
    match file {
        FileArchitecture::Amd64 => "amd64",
        FileArchitecture::Arm64 => "arm64",
        FileArchitecture::Loong64 => "loong64",
        FileArchitecture::Ppc64le => "ppc64le",
        FileArchitecture::Riscv64 => "riscv64",
        FileArchitecture::S390x => "s390x",
    }
}

fn cpu_baseline(file: FileCpuBaseline) -> CpuBaseline {
    match file {
        FileCpuBaseline::V2 => CpuBaseline::X86_64V2,
        FileCpuBaseline::V3 => CpuBaseline::X86_64V3,
        FileCpuBaseline::V4 => CpuBaseline::X86_64V4,
    }
}
