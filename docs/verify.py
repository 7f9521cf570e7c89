#!/usr/bin/env python3
"""Check an export of warroom: a zip, or the directory that it was unpacked into.

This program was written from protocol.md alone. What is here is section 11 of that page; the files
of the folder verifier name the other sections. It needs Python 3.9 and nothing else.

The first fault ends the check. Roles, and the files that warroom derives from the log, are not
checked; the output says so. The exit codes are those of warroom verify: 0 no fault, 4 tampered
with, 6 no fault, but part of it is not proven, 1 not an export."""

import argparse
import pathlib
import re
import sys

sys.dont_write_bytecode = True
from verifier.bag import Bag
from verifier.encoding import Tampered, decode64, encode64, fingerprint, require, sha256
from verifier.log import OPENING, read_log
from verifier.message import Message, parse
from verifier.note import Note, read_pin
from verifier.tree import Tree, root_of_path

PROFILES = ("leadership", "compliance", "regulator", "customer", "public")


class Check:
    """The check of one export. less has what could not be compared."""

    def __init__(self, bag, options):
        self.bag, self.options, self.less, self.good = bag, options, [], []
        require(not options.key or options.key.strip() in (bag.key, fingerprint(bag.key)),
                "it is signed by another key than the one that was given")
        lines = bag.files[bag.log_file].removesuffix(b"\n").split(b"\n")
        {"log": self.record, "part": self.partial, "entry": self.entry}[bag.kind](lines)

    def need(self, condition, sentence):
        """Adds a sentence to less unless the condition holds."""
        if not condition:
            self.less.append(sentence)

    def record(self, lines):
        """Checks a log and its checkpoints."""
        bag, log = self.bag, read_log([Message(line) for line in lines])
        self.less, self.good, size = log.less, log.good, log.tree.size
        if log.ends_early:
            return
        signer = log.members.get(bag.key)
        require(not signer or signer.handle == bag.principal, "it is signed in another's name")
        self.need(signer and not signer.revoked, "the signer is not a member")
        if self.options.pin is not None:
            self.agrees(log, *read_pin(self.options.pin))
        hubs = {key for key, m in log.members.items() if m.is_hub}
        covered = covered_by_hub = timed = 0
        witnesses = set()
        for raw in bag.notes:
            note = Note(raw, log.id, log.members)
            if not self.agrees(log, note.room, note.size, note.root):
                continue
            require(note.signers or note.cosigners, "nobody signed a checkpoint")
            covered = max(covered, note.size if note.signers else 0)
            covered_by_hub = max(covered_by_hub, note.size if hubs & {*note.signers} else 0)
            timed = max(timed, self.check_times(log, note, hubs))
            cosigners = self.check_cosigners(log, note)
            witnesses |= cosigners if note.size == size else set()
        require(signer or covered == size, "nobody signed that the log ends here")
        self.need(covered_by_hub == size, "no checkpoint of the hub covers all entries")
        by_hub = bag.key in hubs
        self.need(by_hub or timed == size and log.times[size] == log.last_times,
                  "the hub did not sign the last recording times")
        self.need(len(witnesses) >= self.options.witness, "too few people cosigned the whole log")
        self.check_evidence(log)
        self.check_container(log.id, size, log.tree.roots[size], "", by_hub)
        self.good.append("%d entries, root %s, %d strays"
                         % (size, encode64(log.tree.roots[size]), log.strays))

    def agrees(self, log, room, size, root):
        """Reports whether a checkpoint agrees with the log; false if a restore explains it."""
        require(room == log.id, "a checkpoint is of another room")
        if log.tree.roots.get(size) == root:
            return True
        require(any(restored < size for restored in log.restored),
                "the log is not the one of the checkpoint at %d entries" % size)
        self.less.append("the checkpoint at %d entries is from before the log was restored" % size)
        return False

    def check_times(self, log, note, hubs):
        """Returns the number of entries whose recording times the hub signed in a note."""
        signed = [times for key, times in note.times if key in hubs]
        if any(times != log.times[note.size] for times in signed):
            require(log.restored, "a recording time up to entry %d was changed" % note.size)
            self.less.append("the hub signed other times before the log was restored")
        return note.size if log.times[note.size] in signed else 0

    def check_cosigners(self, log, note):
        """Returns the members who cosigned a note; nothing that it covers was recorded later."""
        handles = set()
        for handle, key, seconds in note.cosigners:
            if key in log.members and log.members[key].handle == handle:
                handles.add(handle)
                if log.latest[note.size] > (seconds + 3600) * 10**9:
                    later = "entries up to %d were recorded after %s cosigned" % (note.size, handle)
                    require((log.rules or 0) < 2, later)
                    self.less.append(later)
        return handles

    def check_evidence(self, log):
        for digest, size in log.evidence.items():
            self.need(digest in self.bag.evidence, "the evidence %s is not in it" % digest)
        for digest, content in self.bag.evidence.items():
            require(sha256(content).hex() == digest and log.evidence.get(digest) == len(content),
                    "the evidence %s was not collected, or was changed" % digest)

    def partial(self, lines):
        """Checks the messages that a profile shows, and the checkpoint over all leaves."""
        bag, tree, last, room, chains = self.bag, Tree(), 0, "", {}
        members, hub, note = None, None, None
        for line in lines:
            seq, leaf, message = read_leaf(line)
            require(seq > last, "entry %d does not come after entry %d" % (seq, last))
            last = seq
            tree.add(leaf)
            if not message:
                continue
            event, fault = message.event()
            require(not fault, "entry %d does not verify: %s" % (seq, fault))
            room = room or event.room
            if event.unread:
                self.less.append("entry %d is of form %d" % (seq, event.v))
                continue
            number, prev = chains.get(event.key, (0, ""))
            chains[event.key] = event.n, encode64(leaf)
            require(event.room == room and event.n > number
                    and (event.n > number + 1 or not number or event.prev == prev),
                    "entry %d is out of order" % seq)
            if tree.size == 1 and event.kind in OPENING:
                hub = event.body.get("hub_key")
                members = {hub: "hub", event.key: event.by}
            require(members is None or members.get(event.key) == event.by,
                    "the author of entry %d is not a member" % seq)
            if members and event.kind == "key.admitted":
                members.setdefault(event.body.get("key"), event.body.get("handle"))
            self.need(not event.ambiguous, "entry %d has a member twice" % seq)
        room = room or bag.info.get("External-Identifier", "")
        known = [key for key in members if key] if members else [bag.key]
        for raw in bag.notes:
            one = Note(raw, room, known)
            require(tree.roots.get(one.size) == one.root, "the log is not the one of a checkpoint")
            note = one if one.size == tree.size else note
        require(note and note.signers, "no key that is known here signed the length and root")
        self.need(not hub or hub in note.signers, "the hub did not sign that the log ends here")
        self.check_options(note, tree.roots, bag.key in note.signers)
        require(bag.info.get("Warroom-Profile") in PROFILES, "its profile is not known")
        self.check_container(room, tree.size, note.root, "-" + bag.info["Warroom-Profile"],
                             hub == bag.key)

    def entry(self, lines):
        """Checks one message and the audit path to a checkpoint."""
        head, _, raw = self.bag.files.get("data/proof.txt", b"").decode().partition("\n\n")
        proof = re.fullmatch(r"warroom/proof/v1\nleaf (0|[1-9]\d*)((?:\n[^\n]*)*)", head)
        path = [decode64(line, 32) for line in proof.group(2).split("\n")[1:]] if proof else [None]
        require(None not in path and len(lines) == 1 and raw, "proof.txt cannot be read")
        seq, leaf, message = read_leaf(lines[0])
        require(message, "entry.jsonl has no message")
        event, fault = message.event()
        require(not fault, "the entry does not verify: " + fault)
        if event.unread:
            self.less.append("the entry is of form %d" % event.v)
            return
        self.need(not event.ambiguous, "the entry has a member twice")
        note, index = Note(raw.encode(), event.room, [self.bag.key]), int(proof.group(1))
        require(root_of_path(leaf, index, note.size, path) == note.root,
                "the entry is not in the log of the checkpoint")
        self.check_options(note, {note.size: note.root}, bool(note.signers))
        by_hub = (index == 0 and event.kind in OPENING
                  and event.body.get("hub_key") == self.bag.key)
        self.check_container(event.room, note.size, note.root, "-entry-%d" % seq, by_hub)

    def check_options(self, note, roots, signed):
        """Compares the checkpoint of a partial export or entry with the pin and witnesses."""
        if self.options.pin is not None:
            room, size, root = read_pin(self.options.pin)
            comparable = size in roots or self.bag.kind == "part"
            require(room == note.room and (roots.get(size) == root or not comparable),
                    "it does not agree with the pin")
            self.need(comparable, "the pin has another length")
            signed = signed or comparable
        self.need(signed, "the signer did not sign the length and root")
        self.need(len(note.cosigners) >= self.options.witness, "too few people cosigned it")

    def check_json(self, name):
        """Requires that no object in a .json or .jsonl file has a member twice."""
        if name.endswith((".json", ".jsonl")) and name != self.bag.log_file:
            content = self.bag.data[name]
            for text in content.split(b"\n") if name.endswith("l") else [content]:
                try:
                    require(not parse(text)[1], "%s has a member twice" % name)
                except (ValueError, RecursionError):
                    pass  # it is not JSON; only warroom can compare it

    def check_container(self, room, size, root, ending, by_hub):
        """Checks names and bag-info.txt, and states on whom the derived files depend."""
        bag = self.bag
        bag.check_names()
        bag.check_info(room, size, root, ending)
        derived = [name for name in sorted(bag.data) if name != bag.log_file
                   and not re.match("data/(evidence/|checkpoints/|proof)", name)]
        for name in bag.data:
            self.check_json(name)
        if self.options.key:
            signer = "the key that was given"
        elif self.options.pin is not None and signed_by(self.options.pin, room, bag.key):
            signer = "the signer of the pin"
        else:
            signer = "the hub" if by_hub else ""
        if signer:
            self.good.append("not compared, but signed by %s: %s" % (signer, " ".join(derived)))
        elif bag.kind == "log":
            self.less.append("not compared, and not signed by the hub: %s" % " ".join(derived))
        else:
            self.less.append("nothing shows that the key %s is the hub's" % fingerprint(bag.key))


def read_leaf(line):
    """Returns sequence, leaf hash and message of a line of part.jsonl; None if it is hidden."""
    hidden = re.fullmatch(rb'\{"seq":(0|[1-9]\d*),"leaf":"([^"]{44})"\}', line)
    if hidden:
        leaf = decode64(hidden.group(2).decode("latin-1"), 32)
        require(leaf, "a leaf hash cannot be read")
        return int(hidden.group(1)), leaf, None
    message = Message(line)
    require(message.on_log, "a line is not a leaf of the log")
    return message.seq, message.leaf, message


def signed_by(pin, room, key):
    """Reports whether a key signed a pin."""
    try:
        return bool(Note(pin.replace(b"\r\n", b"\n"), room, [key]).signers)
    except Tampered:
        return False


def run(path, options):
    """Checks one export and returns the exit code and what was found."""
    try:
        check = Check(Bag(path), options)
    except Tampered as fault:
        return 4, ["BAD   %s" % fault]
    except Exception as fault:  # a file that is not an export fails in many ways
        return 1, ["it cannot be read as an export: %s: %s" % (type(fault).__name__, fault)]
    found = ["open  " + s for s in check.less] + ["ok    " + s for s in check.good]
    return 6 if check.less else 0, found


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("path", help="a zip or a directory")
    args.add_argument("--pin", type=lambda name: pathlib.Path(name).read_bytes(), metavar="FILE",
                      help="a checkpoint that was kept; the log has to agree with it")
    args.add_argument("--key", help="the key or fingerprint that has to have signed")
    args.add_argument("--witness", type=int, default=0, metavar="N",
                      help="how many people have to have cosigned the whole log")
    options = args.parse_args()
    code, lines = run(options.path, options)
    for line in lines:
        print(line.encode("unicode_escape").decode())
    sys.exit(code)


if __name__ == "__main__":
    main()
