// SPDX-License-Identifier: GPL-3.0-or-later
//! Every method, property and signal of the real interfaces, with names and types.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node, ParsingOptions};
use zbus::object_server::Interface;

use super::{daemon, recording};
use crate::interface::{ExperimentalInterface, OsInterface, SysrootInterface};
use crate::transaction::{Peer, Request, Transaction};

/// What an interface has: `method NAME` to its arguments, and so on.
type Members = BTreeMap<String, Vec<String>>;

fn members(interface: &Node<'_, '_>) -> Members {
    let attribute = |node: &Node<'_, '_>, name: &str| node.attribute(name).unwrap_or_default().to_owned();
    let mut members = Members::new();
    for member in interface.children().filter(Node::is_element) {
        let kind = member.tag_name().name();
        let mut details = Vec::new();
        match kind {
            "property" => details.push(format!("{} {}", attribute(&member, "type"), attribute(&member, "access"))),
            "method" | "signal" => {
                for argument in member.children().filter(|node| node.has_tag_name("arg")) {
                    // Signals only have arguments that go out.
                    let direction = if kind == "signal" { "out".to_owned() } else { attribute(&argument, "direction") };
                    details.push(format!(
                        "{direction} {} {}",
                        attribute(&argument, "type"),
                        attribute(&argument, "name")
                    ));
                }
            }
            _ => continue,
        }
        members.insert(format!("{kind} {}", attribute(&member, "name")), details);
    }
    members
}

fn interfaces(text: &str) -> BTreeMap<String, Members> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).unwrap();
    let found = document.descendants().filter(|node| node.has_tag_name("interface"));
    found.map(|node| (node.attribute("name").unwrap().to_owned(), members(&node))).collect()
}

fn described(interface: &impl Interface) -> String {
    let mut text = String::from("<node>");
    interface.introspect_to_writer(&mut text, 0);
    text + "</node>"
}

#[tokio::test]
async fn it_has_every_member_of_the_real_interfaces_and_no_other() {
    let real = interfaces(&recording("introspection.xml"));
    let (daemon, _listener) = daemon().await;
    let request = Request {
        method: "Upgrade",
        sender: ":1.1".into(),
        path: "/".into(),
        arguments: String::new(),
        client: String::new(),
    };
    let (go, _started) = std::sync::mpsc::channel();
    let (queue, _waiting) = tokio::sync::mpsc::unbounded_channel();
    let peer = Peer { transaction: Transaction::new(request, "x", go), queue };
    let texts = [
        described(&SysrootInterface::new(&daemon)),
        described(&OsInterface::new(&daemon, "lab")),
        described(&ExperimentalInterface),
        described(&peer),
    ];
    let ours: BTreeMap<String, Members> = texts.iter().flat_map(|text| interfaces(text)).collect();
    assert_eq!(ours.keys().collect::<BTreeSet<_>>(), real.keys().collect::<BTreeSet<_>>());
    for (name, members) in &real {
        assert_eq!(&ours[name], members, "{name}");
    }
}
