#!/usr/bin/env python3
"""Check an export of warroom: a zip, or the directory that it was unpacked into.

Written from protocol.md alone; numbers in brackets are its sections. This file checks the log,
verify_parts.py reads the export and checks partial ones. Both need Python 3.9 and nothing else.
The first fault ends the check. Roles and the files that warroom derives from the log are not
checked; the output reports that. Exit codes as of warroom verify: 0 no fault, 4 tampered with,
6 no fault, but part of it is not proven, 1 not an export."""

import argparse
import itertools
import re
import struct
import sys

sys.dont_write_bytecode = True
from verify_parts import (FREE_TEXTS, HANDLE, OPENING, Bag, Check, Member, Message, Note, Tree,
                          Unreadable, blanked, candidates, encode64, moment, pin_file,
                          read_redaction, require, sha256)

RIGHTS = ("watch", "write", "command")
DESCRIBED = ("id", "kind", "by", "key", "via", "moment")  # members that a redaction repeats
CLASSES = ("log", "metric", "snapshot", "memory", "other")
BY_HUB = """key.admitted key.struck right.changed alert.received alert.updated delivery.recorded
page.answered entry.noted evidence.started evidence.collected incident.linked
incident.unlinked export.made"""
BY_COMMANDER = "plan.adopted key.admitted right.changed key.struck entry.redacted".split()
USED = {"incident.declared": "title kind severity criterion reason detected drill "
                             "restricted hub_key salt",
        "lobby.opened": "hub_key salt", "plan.adopted": "rules",
        "key.admitted": "key handle right", "key.struck": "key handle reason",
        "right.changed": "handle right", "log.resumed": "size last_seq root hub_key",
        "evidence.collected": "sha256 size blob class name"}  # members of bodies (5)
TYPES = {"rules": int, "size": int, "last_seq": int, "drill": bool, "restricted": list}  # or str


class Log:
    """A log that is checked message by message (4, 5, 7, 8). Redactions fill its gaps."""

    def __init__(self, messages, redactions):
        self.id, self.room, self.rules, self.is_lobby, self.last_times = "", "", None, False, None
        self.members, self.chains, self.strays, self.less, self.good = {}, {}, 0, [], []
        self.tree, self.times, self.latest = Tree(), [None], [None]  # by number of leaves
        self.entries, self.effective, self.evidence, self.restored = {}, {}, {}, []
        self.named = set()  # keys of the hub that a person named
        self.reports, self.withheld = set(), set()  # reports from before a redaction
        newer = [(m.seq, m.newer) for m in messages if m.newer]
        stored, times, latest = {m.seq: m for m in messages}, bytes(32), 0
        require([m.seq for m in messages] == sorted(stored), "the messages are not in order")
        for expected, seq in enumerate(sorted([*stored, *redactions]), 1):
            if seq != expected:
                require(any(at > expected and key in self.members for at, key in newer),
                        "entry %d is missing" % expected)
                self.less.append("a newer warroom removed entry %d: checked up to it" % expected)
                return
            message = stored.get(seq) or redactions[seq]
            times = sha256(times, struct.pack(">QQ", seq, message.recorded % 2**64))
            latest = max(latest, message.recorded)
            if seq in redactions or message.on_log:
                self.tree.append(message.event.leaf)
                self.times.append(times)
                self.latest.append(latest)
                self.take(seq, message.event, seq in redactions)
        self.last_times = times
        require(self.id, "entry 1 does not declare a room")
        for seq, r in redactions.items():
            require(seq in self.effective and self.effective[seq].seq == r.seq,
                    "entry %d is missing, and its redaction %d has no effect" % (seq, r.seq))
            self.good.append("entry %d was redacted: %s" % (seq, r.reason))
        for seq, r in self.effective.items():  # what is still there (8)
            require(seq not in stored or stored[seq].leaf == r.event.leaf
                    and blanked(stored[seq].event)[0] == blanked(r.event)[0],
                    "entry %d is not what its redaction %d states" % (seq, r.seq))
        self.less += ["message %d is newer" % n for n, key in newer if key in self.members]

    def take(self, seq, event, is_redacted):
        """Adds a message to the chain of its author, and applies it if it takes effect."""
        number, leaf, may_skip = self.chains.get(event.key, (0, "", False))
        fault, stray = event.fault, bool(event.fault)
        if event.unread:
            self.chains[event.key] = number, leaf, True
        elif not fault and (self.room not in ("", event.room) or event.n <= number):
            fault, stray = "it is of another room, or a repeat", True
        elif not fault and not (may_skip and event.n > number + 1) and (
                event.n != number + 1 or event.prev != leaf):
            fault = "messages of its author before it are missing or changed"
        elif not fault:
            self.room = event.room
            self.chains[event.key] = event.n, encode64(event.leaf), False
        effective = not fault and self.takes_effect(seq, event)
        self.entries[seq] = None if fault else (event, effective, self.latest[-1])
        if self.id and event.key not in self.members or stray and not is_redacted:
            self.strays += 1
            return
        require(not fault, "entry %d of %s does not verify: %s" % (seq, event.by, fault))
        if event.unread or event.v > 1 or event.kind not in FREE_TEXTS or event.twice:
            self.less.append("entry %d is of a newer form or kind, or has a member twice" % seq)
        if effective and not event.void:
            self.apply(seq, event, event.body or {})

    def takes_effect(self, seq, event):
        """Reports whether a message takes effect, as far as section 5 goes."""
        kind, body = event.kind, {} if event.body is None else event.body
        if event.unread or event.v > 1 or kind not in FREE_TEXTS or type(body) is not dict:
            return False
        for name in USED.get(kind, "").split():
            if type(body.get(name)) not in (TYPES.get(name, str), type(None)):
                return False
        if kind in OPENING:
            title = body.get("title") or ""
            return seq == 1 and re.fullmatch(HANDLE, event.by) and (
                kind != OPENING[0] or title.strip() and re.fullmatch("[^\r\n]{1,200}", title)
                and moment(body.get("detected"))
                and all(re.fullmatch(HANDLE, name) for name in body.get("restricted") or []))
        if self.rules is None and kind not in ("plan.adopted", "key.admitted"):
            return False
        author = self.members.get(event.key)
        rules = body.get("rules") if kind == "plan.adopted" else self.rules
        if (not author or author.revoked or author.handle != event.by or author.right == "watch"
                or event.twice and (rules or 0) >= 2):
            return False
        if author.is_hub:
            return kind in BY_HUB.split() or self.is_lobby and kind == "plan.adopted"
        if kind in BY_COMMANDER and author.right != "command":
            self.less.append("entry %d, %s, takes a role, which was not checked" % (seq, kind))
        return kind != "log.resumed" or author.right == "command"

    def apply(self, seq, event, body):
        """Changes the members, the evidence and the redactions (5)."""
        kind, members = event.kind, self.members
        names = ("key", "handle", "right", "hub_key")
        key, handle, right, hub_key = (body.get(name) or "" for name in names)
        size, new_hub = body.get("size") or 0, Member("hub", "command", True)
        people = {k: m for k, m in members.items() if m.handle == handle and not m.is_hub}
        if kind in OPENING:
            self.id, self.is_lobby = event.room, kind == "lobby.opened"
            by_hub = self.is_lobby and hub_key == event.key
            members.update({hub_key: new_hub} if hub_key else {})
            members[event.key] = Member(event.by, "command", by_hub)
        elif kind == "plan.adopted" and self.rules is None:
            self.rules = body.get("rules") or 0
            self.less += ["the room has rules of a newer warroom"] * (self.rules > 3)
        elif kind == "key.admitted" and key and right in RIGHTS and handle != "hub":
            if re.fullmatch(HANDLE, handle):
                members.setdefault(key, Member(handle, right))
        elif kind == "key.struck":
            for k, m in people.items():
                m.revoked |= key in ("", k)
        elif kind == "right.changed" and right in RIGHTS:
            for m in people.values():
                m.right = m.right if m.revoked else right
        elif kind == "log.resumed":
            hub = members.get(hub_key, new_hub)
            if (hub.is_hub and not hub.revoked and 0 <= (body.get("last_seq") or 0) < seq
                    and 0 < len(body.get("root") or "") <= 64 >= len(hub_key) > 0 < size):
                self.restored.append(size)
                self.named |= {hub_key} if hub is new_hub else set()
                for m in members.values():
                    m.revoked |= m.is_hub and m is not hub
                members[hub_key] = hub
        elif kind == "evidence.collected" and body.get("name") and body.get("class") in CLASSES:
            names = "%s %s" % (body.get("sha256"), body.get("blob"))
            if size > 0 and re.fullmatch("[0-9a-f]{64} [0-9A-HJKMNP-TV-Z]{26}", names):
                self.evidence[body["sha256"]] = size
                self.reports |= {body["sha256"]} if body.get("report") is True else set()
        elif kind == "entry.redacted":
            r = read_redaction(seq, event)
            if r and r.allowed and r.target not in self.effective and self.describes(r):
                self.withheld |= self.reports
                self.effective[r.target] = r

    def describes(self, r):
        """Reports whether a redaction describes the message of its sequence (8)."""
        event, effective, latest = self.entries.get(r.target) or (r, False, 0)
        return (all(vars(event).get(name) == vars(r.event)[name] for name in DESCRIBED)
                and r.recorded <= latest and (r.event.void or effective or event.v > 1))


def read_log(messages):
    """Reads a log with the first choice of redactions for its gaps that passes (8)."""
    faults = []
    for choice in itertools.islice(itertools.product(*candidates(messages)), 16):
        try:
            return Log(messages, {r.target: r for r in choice})
        except ValueError as fault:
            faults.append(fault)
    raise faults[0]


class LogCheck(Check):
    """The check of a whole log, its checkpoints and its evidence (6, 7, 11)."""

    def log(self):
        bag, log = self.bag, read_log([Message(line) for line in self.bag.lines])
        self.less, self.good, size = log.less, log.good, len(log.tree)
        if log.last_times is None:
            return
        signer = log.members.get(bag.key)
        require(not signer or signer.handle == bag.principal, "it is signed in another's name")
        self.need(signer and not signer.revoked, "the signer is not a member")
        if self.pin:
            self.agrees(log, *self.pin)
        hubs = {key for key, m in log.members.items() if m.is_hub}
        covered, by_hub, timed, witnesses = set(), set(), set(), set()  # sizes; handles
        notes = [Note(raw, log.id, log.members) for raw in bag.notes]
        for note in notes + self.pinned(hubs):
            if not self.agrees(log, note.room, note.size, note.root):
                continue
            require(note.signers or note.cosigners, "nobody signed a checkpoint")
            if note in notes:
                covered |= {note.size} if note.signers else set()
                by_hub |= {note.size} if note.signers & hubs else set()
            times = {note.times[key] for key in note.times if key in hubs}
            wrong = times - {log.times[note.size]}
            require(not wrong or log.restored, "a recording time was changed")
            self.need(not wrong, "the hub signed other times before the log was restored")
            timed |= {note.size} if log.times[note.size] in times else set()
            for handle, key, seconds in note.cosigners:
                if key in log.members and log.members[key].handle == handle:
                    witnesses |= {handle} if note.size == size and note in notes else set()
                    in_time = log.latest[note.size] <= (seconds + 3600) * 10**9
                    require(in_time or (log.rules or 0) < 2, "recorded after it was cosigned")
                    self.need(in_time, "an entry was recorded after it was cosigned")
        require(signer or size in covered, "nobody signed that the log ends here")
        self.need(size in by_hub, "no checkpoint of the hub covers all entries")
        self.need(bag.key in hubs or size in timed and log.times[size] == log.last_times,
                  "the hub did not sign the last recording times")
        self.need(len(witnesses) >= self.witness, "too few people cosigned the whole log")
        self.need(log.evidence.keys() - log.withheld <= bag.evidence.keys(),
                  "bytes of evidence are not in it")
        require(all(sha256(content).hex() == digest and log.evidence.get(digest) == len(content)
                    for digest, content in bag.evidence.items()), "evidence was changed or added")
        self.check_container(log.id, size, log.tree.root_at(size), "", bag.key in hubs - log.named)
        self.good.append("%d entries, %d strays" % (size, log.strays))

    def agrees(self, log, room, size, root):
        """Reports whether a checkpoint agrees with the log; false if a restore explains it."""
        require(room == log.id, "a checkpoint is of another room")
        if log.tree.root_at(size) == root:
            return True
        require(any(restored < size for restored in log.restored),
                "the log is not the one of the checkpoint at %d entries" % size)
        self.less.append("the checkpoint at %d entries is older than the restored log" % size)
        return False


def run(options):
    """Checks an export and returns the exit code and what was found."""
    try:
        check = LogCheck(Bag(options.path), options)
        {"log": check.log, "part": check.partial, "entry": check.entry}[check.bag.kind]()
    except (Unreadable, OSError) as fault:
        return 1, ["not an export: %s" % fault]
    except Exception as fault:  # what is not as the page requires fails in many ways
        kind = "" if type(fault) is ValueError else type(fault).__name__ + ": "
        return 4, ["BAD   " + kind + str(fault)]
    return 6 if check.less else 0, ["open  " + s for s in check.less] + [
        "ok    " + s for s in check.good]


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("path", help="a zip or a directory")
    args.add_argument("--pin", type=pin_file, help="a file with a checkpoint that was kept")
    args.add_argument("--key", help="the key or fingerprint that has to have signed")
    args.add_argument("--witness", type=int, default=0, help="how many have to have cosigned")
    code, lines = run(args.parse_args())
    print(*(line.encode("unicode_escape").decode() for line in lines), sep="\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
