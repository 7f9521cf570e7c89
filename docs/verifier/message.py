"""Messages, and the lines of a log that hold them (protocol.md, sections 3 and 9)."""

import collections
import datetime
import json
import re
from types import SimpleNamespace as Record

from verifier.encoding import Tampered, decode64, encode64, sha256, signed

MEMBERS = dict(v=int, room=str, id=str, key=str, n=int, prev=str, kind=str, at=str, by=str, via=str)
EPOCH = datetime.datetime(1970, 1, 1)


def date_time(text):
    """Returns the first 19 characters of an RFC 3339 time as a datetime."""
    return datetime.datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")


def parse(raw):
    """Returns a JSON value with its member names folded, and the names that are ambiguous."""
    ambiguous = []

    def members(pairs):
        names = ["".join(c.casefold() if len(c.casefold()) == 1 else c for c in name)
                 for name, _ in pairs]
        ambiguous.extend(name for name, n in collections.Counter(names).items() if n > 1)
        return dict(zip(names, (value for _, value in pairs)))

    def refuse(constant):
        raise ValueError("%s is not JSON" % constant)
    value = json.loads(raw.decode("utf-8", "replace"), object_pairs_hook=members,
                       parse_constant=refuse)
    return value, ambiguous


def read_event(members):
    """Returns the members of a message; ValueError if they do not have the form of section 3."""
    if not isinstance(members, dict):
        raise ValueError("it is not an object")
    event = Record(**{name: kind() if members.get(name) is None else members[name]
                      for name, kind in MEMBERS.items()})
    if any(type(getattr(event, name)) is not kind for name, kind in MEMBERS.items()):
        raise ValueError("a member has another type")
    if event.v < 1 or event.n < 0 or not (event.room and event.id and event.kind):
        raise ValueError("a member is missing or out of range")
    if not re.fullmatch(r"[-\d]{10}T[:\d]{8}([.,]\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", event.at):
        raise ValueError("at is not a time")
    date_time(event.at)
    body = members.get("body")
    event.has_object = body is None or isinstance(body, dict)
    event.body = body if isinstance(body, dict) else {}
    event.ambiguous, event.unread, event.void = [], False, False
    return event


class Message:
    """A stored message, read from a line of a log."""

    def __init__(self, line):
        try:
            self.read(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Tampered("a line of the log is not written as section 9 says: %.60r" % line)

    def read(self, line):
        """Reads a line and compares it with the only way to write its content (section 9)."""
        stored = json.loads(line.decode())
        self.seq, subject, recorded = stored["seq"], stored["subject"], stored["recorded"]
        header = (stored["sig"].encode() if "sig" in stored
                  else decode64(stored.get("sig_base64", "")))
        self.payload = (stored["payload"].encode() if "payload" in stored
                        else decode64(stored["payload_base64"]))
        tokens = subject.split(".")
        if not (re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{9}Z", recorded) and type(self.seq) is int
                and 0 <= self.seq < 2**64 and len(tokens) > 1 and tokens[0] in ("log", "gone")
                and not {"", "*", ">"} & set(tokens) and len(subject.encode()) < 512
                and not re.search(r"[\x00-\x20\s\x85]", subject)
                and not re.search(rb"[\r\n]", header)):
            raise ValueError("a member is out of range")
        again = {"seq": self.seq, "recorded": recorded, "subject": subject}
        for name, value in ("sig", header), ("payload", self.payload):
            try:
                again.update({name: value.decode()} if value or name == "payload" else {})
            except UnicodeDecodeError:
                again[name + "_base64"] = encode64(value)
        ascii_line = "".join(c if c < "\x7f" else json.dumps(c)[1:-1] for c in line.decode())
        if json.dumps(again, separators=(",", ":")) != ascii_line.replace("\\u007f", "\x7f"):
            raise ValueError("the bytes differ")
        self.on_log, self.header = tokens[0] == "log", header
        self.handle, self.key = tokens[1:] if len(tokens) == 3 else ("", "")
        since = date_time(recorded) - EPOCH
        self.recorded = (since.days * 86400 + since.seconds) * 10**9 + int(recorded[20:29])
        self.signature = decode64(header.decode("latin-1"), 64) or bytes(64)
        self.leaf = sha256(b"\0", self.signature, self.payload)

    def signed_by(self, key):
        return signed(key, self.signature, b"warroom/v1\n" + self.payload)

    def event(self):
        """Returns the event of the message, and why it is not authentic."""
        members, ambiguous = None, []
        try:
            members, ambiguous = parse(self.payload)
            if len(self.payload) > 524288:
                raise ValueError("it is too long")
            event, fault = read_event(members), ""
            if (event.by, event.key) != (self.handle, self.key):
                fault = "it is not of the author of its subject"
            elif not self.signed_by(event.key):
                fault = "its signature does not verify"
        except (ValueError, RecursionError):
            version = members.get("v") if isinstance(members, dict) else 0
            unread = type(version) is int and version > 1 and self.signed_by(self.key)
            event = read_event({"v": version if unread else 1, "room": "?", "id": "?", "kind": "?",
                                "key": self.key, "at": "1970-01-01T00:00:00Z"})
            event.unread, fault = unread, "" if unread else "it is not a message"
        event.leaf, event.ambiguous = self.leaf, [] if event.unread else ambiguous
        return event, fault
