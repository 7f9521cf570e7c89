"""The log of a record: chains, members, times (protocol.md, sections 4, 5, 7 and 8)."""

import itertools
import re
import struct
from types import SimpleNamespace as Record

from verifier.encoding import HANDLE, Tampered, encode64, require, sha256
from verifier.redaction import FREE_TEXTS, blanked, is_allowed, read_redaction, removed_by_newer
from verifier.tree import Tree

OPENING = ("incident.declared", "lobby.opened")
BY_HUB = {"key.admitted", "key.struck", "right.changed", "alert.received", "alert.updated",
          "delivery.recorded", "page.answered", "entry.noted", "evidence.started",
          "evidence.collected", "incident.linked", "incident.unlinked", "export.made"}
BY_COMMANDER = {"plan.adopted", "key.admitted", "right.changed", "key.struck", "entry.redacted"}
BODIES = {"incident.declared": dict(hub_key=str), "lobby.opened": dict(hub_key=str),
          "plan.adopted": dict(rules=int), "key.admitted": dict(key=str, handle=str, right=str),
          "key.struck": dict(key=str, handle=str, reason=str),
          "right.changed": dict(handle=str, right=str),
          "log.resumed": dict(size=int, root=str, hub_key=str, last_seq=int),
          "evidence.collected": {"sha256": str, "size": int, "blob": str, "class": str,
                                 "name": str}}  # the members that are used here, with their types
RIGHTS = ("watch", "write", "command")


class Log:
    """A log that is read message by message. It raises Tampered at the first fault."""

    def __init__(self, messages, redactions):
        """Reads messages; redactions has those that fill the gaps."""
        self.id, self.room, self.rules, self.is_lobby, self.members = "", "", None, False, {}
        self.chains, self.strays, self.less, self.good, self.ends_early = {}, 0, [], [], False
        self.tree, self.times, self.latest = Tree(), {}, {}  # by number of leaves
        self.effective, self.without_effect = {}, set()  # redactions by target; redacted messages
        self.evidence, self.restored = {}, []
        newer = [(m.seq, key) for m in messages if not m.on_log
                 for key in [removed_by_newer(m)] if key]
        stored, times, latest, expected = {m.seq: m for m in messages}, bytes(32), 0, 1
        require(list(stored) == sorted(stored) and len(stored) == len(messages),
                "the messages are not in order")
        for seq in sorted([*stored, *redactions]):
            if seq != expected:
                require(any(at > expected and key in self.members for at, key in newer),
                        "entry %d is missing" % expected)
                self.less.append("a newer warroom removed entry %d: the log was checked up to there"
                                 % expected)
                self.ends_early = True
                return
            message, filled = stored.get(seq), redactions.get(seq)
            recorded, expected = (message or filled).recorded, seq + 1
            times = sha256(times, struct.pack(">QQ", seq, recorded % 2**64))
            latest = max(latest, recorded)
            if message and not message.on_log:
                continue
            event, fault = message.event() if message else (filled.event, "")
            self.tree.add(event.leaf)
            self.times[self.tree.size], self.latest[self.tree.size] = times, latest
            self.take(seq, event, fault, message is None)
        self.last_times = times
        require(self.id, "entry 1 does not declare a room")
        self.check_redactions(stored, redactions)
        self.less += ["message %d is of a newer form" % seq for seq, key in newer
                      if key in self.members]

    def take(self, seq, event, fault, is_redacted):
        """Adds a message to the chain of its author, and applies it if it takes effect."""
        number, leaf, may_skip = self.chains.get(event.key, (0, "", False))
        stray = bool(fault)
        if event.unread:
            self.chains[event.key] = number, leaf, True
        elif not fault:
            stray = self.room not in ("", event.room) or event.n <= number
            if stray:
                fault = "it is of another room, or a repeat"
            elif not (may_skip and event.n > number + 1) and (
                    event.n != number + 1 or event.prev != leaf):
                fault = "messages of its author before it are missing or changed"
            else:
                self.room = event.room
                self.chains[event.key] = event.n, encode64(event.leaf), False
        effective = not fault and self.takes_effect(seq, event)
        if is_redacted and not effective:
            self.without_effect.add(seq)
        if self.id and event.key not in self.members or stray and not is_redacted:
            self.strays += 1
            return
        require(not fault, "entry %d of %s does not verify: %s" % (seq, event.by, fault))
        if event.v > 1 or event.kind not in FREE_TEXTS:
            self.less.append("entry %d is of form %d, kind %s" % (seq, event.v, event.kind))
        if event.ambiguous:
            self.less.append("entry %d has the member %s twice" % (seq, event.ambiguous[0]))
        if effective and not event.void:
            self.apply(seq, event)

    def takes_effect(self, seq, event):
        """Reports whether a message takes effect, as far as section 5 goes."""
        kind, body = event.kind, event.body
        if event.v > 1 or kind not in FREE_TEXTS or not event.has_object:
            return False
        if any(type(body.get(name)) not in (type(None), of)
               for name, of in BODIES.get(kind, {}).items()):
            return False
        if kind in OPENING:
            return not self.id and seq == 1 and bool(re.fullmatch(HANDLE, event.by))
        author = self.members.get(event.key)
        rules = body.get("rules") if kind == "plan.adopted" else self.rules
        if (not author or author.revoked or author.handle != event.by or author.right == "watch"
                or event.ambiguous and (rules or 0) >= 2):
            return False
        if author.is_hub:
            return kind in BY_HUB or self.is_lobby and kind == "plan.adopted"
        if kind in BY_COMMANDER and author.right != "command":
            self.less.append("entry %d, %s by %s, takes a role, which was not checked"
                             % (seq, kind, event.by))
        return kind != "log.resumed" or author.right == "command"

    def apply(self, seq, event):
        """Changes the members, the evidence and the redactions as section 5 says."""
        body, kind, members = event.body, event.kind, self.members
        key, handle, right, hub_key, root = (
            body.get(name) or "" for name in ("key", "handle", "right", "hub_key", "root"))
        people = {k: m for k, m in members.items() if m.handle == handle and not m.is_hub}
        if kind in OPENING:
            self.id, self.is_lobby = event.room, kind == "lobby.opened"
            members[event.key] = member(event.by, "command", self.is_lobby and hub_key == event.key)
            if hub_key:
                members.setdefault(hub_key, member("hub", "command", True))
        elif kind == "plan.adopted" and self.rules is None:
            self.rules = body.get("rules") or 0
            if self.rules > 3:
                self.less.append("the room follows the rules %d" % self.rules)
        elif kind == "key.admitted" and key and right in RIGHTS:
            if re.fullmatch(HANDLE, handle) and handle != "hub":
                members.setdefault(key, member(handle, right))
        elif kind == "key.struck":
            for k, m in people.items():
                m.revoked |= key in ("", k)
        elif kind == "right.changed" and right in RIGHTS:
            for m in people.values():
                m.right = m.right if m.revoked else right
        elif kind == "log.resumed" and (body.get("size") or 0) > 0:
            hub = members.get(hub_key, member("hub", "command", True))
            if (0 < len(root) <= 64 and 0 < len(hub_key) <= 64 and hub.is_hub and not hub.revoked
                    and (body.get("last_seq") or 0) < seq):
                self.restored.append(body["size"])
                for m in members.values():
                    m.revoked |= m.is_hub and m is not hub
                members[hub_key] = hub
        elif kind == "evidence.collected" and body.get("name"):
            if (re.fullmatch("[0-9a-f]{64}", body.get("sha256") or "")
                    and re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", body.get("blob") or "")
                    and body.get("class") in ("log", "metric", "snapshot", "memory", "other")):
                self.evidence[body["sha256"]] = body.get("size") or 0
        elif kind == "entry.redacted":
            r = read_redaction(seq, event)
            if r and is_allowed(r) and (r.event.void or r.target not in self.without_effect):
                self.effective.setdefault(r.target, r)

    def check_redactions(self, stored, redactions):
        """Checks that the redactions took effect, and those of messages that are still there."""
        for seq, r in redactions.items():
            require(seq in self.effective and self.effective[seq].seq == r.seq,
                    "entry %d is missing, and its redaction %d has no effect" % (seq, r.seq))
            self.good.append("entry %d was redacted: %s" % (seq, r.reason))
        for seq, r in self.effective.items():
            if seq in stored:
                event, _ = stored[seq].event()
                require(event.leaf == r.event.leaf and blanked(event) == blanked(r.event),
                        "entry %d is not what its redaction %d says" % (seq, r.seq))


def member(handle, right, is_hub=False):
    return Record(handle=handle, right=right, is_hub=is_hub, revoked=False)


def read_log(messages):
    """Reads a log with the first choice of redactions for its gaps that passes (section 8)."""
    stored, copies = {m.seq for m in messages}, {m.header for m in messages if not m.on_log}
    candidates = {}
    for message in messages:
        if message.on_log and b"entry.redacted" in message.payload:
            event, fault = message.event()
            r = None if fault else read_redaction(message.seq, event)
            if r and r.target not in stored and r.target < r.seq:
                candidates.setdefault(r.target, []).append((message.header not in copies, r.seq, r))
    choices = [sorted(c, key=lambda c: c[:2]) for c in candidates.values()]
    error = None
    for choice in itertools.islice(itertools.product(*choices), 16):
        try:
            return Log(messages, {r.target: r for _, _, r in choice})
        except Tampered as fault:
            error = error or fault
    raise error
