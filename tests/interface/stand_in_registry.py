# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in service tells of images: who vouches for them on its host, and what their registry has.

The host has a rule for everything below quay.io/lab, unless the situation has other rules; everything else in registries
is accepted.
"""

from stand_in_situations import DAY, NOW, digest_of

SIGNED = "ostree-image-signed:docker://"
OPEN = "ostree-unverified-registry:"
KEY = "/etc/pki/containers/lab.pub"


def resolve(situation, text):
    """The image that a text means; without one, what is followed."""
    followed = situation["snapshot"]["deployments"][0].get("image") or {"transport": "of-the-future"}
    if not text:
        return followed
    backend = situation["snapshot"]["host"]["backend"]
    if backend != "bootc" and not (backend == "rpm-ostree" and "/" in text.partition(":")[0]):
        remote, _, branch = text.partition(":")
        return {"transport": "ostree", "remote": remote, "branch": branch}
    if not text.startswith("ostree-"):
        form = SIGNED if followed.get("reference", "").startswith(SIGNED) else OPEN
        text = form + text.removeprefix("docker://")
    return {"transport": "container", "reference": text}


def trust(situation, text):
    image = resolve(situation, text)
    told = {"image": image, "state": "unknown"}
    if image["transport"] == "ostree":
        return {**told, "state": "verified", "keys": [{"kind": "ostree-remote", "remote": image["remote"]}]}
    reference = image.get("reference", "")
    if "quay.io/lab/" in reference and situation.get("rules") != "none":
        told.update(state="verified", scope="quay.io/lab", keys=[{"kind": "sigstore", "paths": [KEY]}])
        return with_signed(told, situation.get("signed"))
    if reference.startswith(SIGNED) and situation.get("rules") == "none":
        return {**told, "state": "refused", "problem": {"because": "policy-accepts-everything"}}
    return with_signed({**told, "state": "unchecked"}, situation.get("signed"))


def with_signed(told, signed):
    """As src/model/src/trust.rs does."""
    if signed is False and told["state"] == "verified":
        return {**told, "state": "refused", "problem": {"because": "not-signed"}, "signed": False}
    return {**told, "signed": signed}


def cannot_look_up(situation, text):
    """Why the registry tells nothing of this image, if it does not."""
    if situation.get("fails"):
        return situation["fails"]
    refusals = {
        "missing": ("image-not-found", "manifest unknown"),
        "private": ("access-denied", "unauthorized: authentication required"),
        "arm": ("wrong-architecture", "there is one for arm64"),
    }
    for word, (code, detail) in refusals.items():
        if word in text:
            return {"code": code, "reference": text, "detail": detail}
    return None


def preview(situation, text):
    signed = situation.get("signed", True)
    return {
        "digest": digest_of("2"),
        "version": "10.2",
        "built": NOW - DAY,
        "architecture": "amd64",
        "labels": {"containers.bootc": "1"},
        "bootable": "toolbox" not in text,
        "size": 2_430_000_000,
        "download-bytes": 418_000_000,
        "trust": with_signed(trust({**situation, "signed": None}, text), signed),
    }


def preflight(situation, text):
    """Everything there is to know before a switch; without an image, before a restart into what is staged."""
    snapshot = situation["snapshot"]
    if not text:
        image = snapshot["deployments"][0]["image"]
        return {"image": image, "findings": situation.get("staged_findings", []), "token": snapshot["token"]}
    seen = preview(situation, text)
    if resolve(situation, text)["transport"] == "ostree":
        seen = {**seen, "trust": trust(situation, text)}
    findings = [*vouching(situation, seen["trust"]), *situation.get("findings", [])]
    findings.sort(key=lambda one: ("blocking", "warning", "note").index(one["severity"]))
    booted = next(one for one in snapshot["deployments"] if one.get("booted"))
    return {
        "image": seen["trust"]["image"],
        "findings": findings,
        "preview": seen,
        "checksum": seen["digest"],
        "version": seen["version"],
        "built": seen["built"],
        "download-bytes": seen["download-bytes"],
        "pins": None if booted.get("pinned") else booted["id"],
        "token": snapshot["token"],
    }


def vouching(situation, target):
    """What src/model/src/preflight/rules.rs says of signatures."""
    present = trust({**situation, "signed": None}, "")
    enforced = target["state"] == "verified"
    found = [{"severity": "note" if enforced else "warning", "finding": "signature", "trust": target}]
    if target["state"] == "refused":
        refusal = {"code": "signature-refused", "problem": "missing", "reference": target["image"]["reference"], "detail": ""}
        found.append({"severity": "blocking", "finding": "refused", "refusal": refusal})
    if present["state"] == "verified" and not enforced:
        found.append({"severity": "warning", "finding": "weaker-check", "present": present, "target": target})
    return found
