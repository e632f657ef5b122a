// SPDX-License-Identifier: GPL-3.0-or-later
//! By which scopes a policy may name an image, the most specific first. Source: `containers-policy.json(5)`, and
//! `docker/policyconfiguration` and the transports of containers.

use isotope_model::{ContainerReference, Transport};

/// The scopes of an image, but for the defaults, which every image has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    /// These.
    Known(Vec<String>),
    /// Those of this transport depend on what only its own program knows.
    Unknown,
}

/// What a policy calls a transport.
pub(crate) fn section(transport: Transport) -> &'static str {
    match transport {
        Transport::Registry => "docker",
        other => other.as_str(),
    }
}

/// The scopes of an image. `resolve` follows the links of a path.
pub(crate) fn of(image: &ContainerReference, resolve: &dyn Fn(&str) -> String) -> Scopes {
    match image.transport() {
        Transport::Registry => Scopes::Known(in_registry(image)),
        Transport::Oci => {
            let (path, name) = image.name().split_once(':').unwrap_or((image.name(), ""));
            let path = resolve(path);
            let mut scopes = vec![format!("{path}:{name}")];
            scopes.extend(folders(&path));
            Scopes::Known(scopes)
        }
        Transport::OciArchive => {
            let path = image.name().split_once(':').map_or(image.name(), |(path, _)| path);
            Scopes::Known(folders(&resolve(path)))
        }
        Transport::Dir => Scopes::Known(folders(&resolve(image.name()))),
        Transport::DockerArchive => Scopes::Known(Vec::new()),
        Transport::DockerDaemon | Transport::ContainersStorage => Scopes::Unknown,
    }
}

/// The whole name, the repository, the namespaces that it is in, the registry, and the registry's domains with a star.
pub(crate) fn in_registry(image: &ContainerReference) -> Vec<String> {
    let (registry, repository) = expanded(image);
    let whole = format!("{registry}/{repository}");
    let named = match (image.digest(), image.tag()) {
        // An image is named by one of them; the digest is the more exact one.
        (Some(digest), _) => format!("{whole}@{digest}"),
        (None, Some(tag)) => format!("{whole}:{tag}"),
        (None, None) => format!("{whole}:latest"),
    };
    let namespaces = whole.rmatch_indices('/').map(|(end, _)| whole.get(..end).unwrap_or_default().to_owned());
    let mut scopes: Vec<String> = [named, whole.clone()].into_iter().chain(namespaces).collect();
    let mut host = registry.split_once(':').map_or(registry.as_str(), |(host, _)| host);
    while let Some((_, domain)) = host.split_once('.') {
        scopes.push(format!("*.{domain}"));
        host = domain;
    }
    scopes
}

/// Registry and repository, with what is left out for docker's own registry.
fn expanded(image: &ContainerReference) -> (String, String) {
    const DOCKER: &str = "docker.io";
    let (registry, path) = match image.registry() {
        Some(registry) => {
            let path = image.repository().strip_prefix(registry).and_then(|rest| rest.strip_prefix('/'));
            (registry, path.unwrap_or_default())
        }
        None => (DOCKER, image.repository()),
    };
    let registry = if registry == "index.docker.io" { DOCKER } else { registry };
    let official = registry == DOCKER && !path.contains('/');
    (registry.to_owned(), if official { format!("library/{path}") } else { path.to_owned() })
}

/// A path and all folders that it is in, but not the root.
fn folders(path: &str) -> Vec<String> {
    let above = path.rmatch_indices('/').filter_map(|(end, _)| path.get(..end));
    std::iter::once(path).chain(above).filter(|path| !path.is_empty() && *path != "/").map(str::to_owned).collect()
}
