// SPDX-License-Identifier: GPL-3.0-or-later
//! What an administrator writes to have an image checked. Source: `containers-policy.json(5)`,
//! `containers-registries.d(5)`.

/// Files, and what is to stand in them, so that images of a scope are installed only if they are signed with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyExample {
    /// Where the vendor's public key goes.
    pub key_file: String,
    /// The entry for the table `docker` of `transports` in [`POLICY_FILE`].
    pub rule: String,
    /// The file that has signatures looked for beside images of the scope.
    pub attachments_file: String,
    /// What is to stand in it.
    pub attachments: String,
}

/// The file of the host's signature policy.
pub const POLICY_FILE: &str = "/etc/containers/policy.json";

/// For images of this scope: a repository.
pub fn policy_example(scope: &str) -> PolicyExample {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    // Of the whole scope: several vendors publish an image of the same name.
    let name: String = scope.chars().map(letter).collect();
    let key_file = format!("/etc/pki/containers/{name}.pub");
    let rule = serde_json::json!([{
        "type": "sigstoreSigned",
        "keyPath": key_file,
        "signedIdentity": { "type": "matchRepository" },
    }]);
    let scope = serde_json::Value::from(scope);
    PolicyExample {
        rule: format!("{scope}: {rule}"),
        attachments_file: format!("/etc/containers/registries.d/{name}.yaml"),
        attachments: format!("docker:\n  {scope}:\n    use-sigstore-attachments: true\n"),
        key_file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_named_after_the_image_and_say_what_is_to_be_checked() {
        let example = policy_example("127.0.0.1:5000/o/gnome_10");
        assert_eq!(example.key_file, "/etc/pki/containers/127-0-0-1-5000-o-gnome-10.pub");
        assert_eq!(example.attachments_file, "/etc/containers/registries.d/127-0-0-1-5000-o-gnome-10.yaml");
        let policy: serde_json::Value = serde_json::from_str(&format!("{{{}}}", example.rule)).unwrap();
        let rule = &policy["127.0.0.1:5000/o/gnome_10"][0];
        assert_eq!(
            (rule["type"].as_str(), rule["keyPath"].as_str()),
            (Some("sigstoreSigned"), Some(&*example.key_file))
        );
        assert!(example.attachments.contains("\n  \"127.0.0.1:5000/o/gnome_10\":\n"));
    }
}
