"""Redactions (protocol.md, sections 8 and 10)."""

import json
import pathlib
import re
from types import SimpleNamespace as Record

from verifier.encoding import decode64
from verifier.message import parse, read_event

PAGE = pathlib.Path(__file__).parent.with_name("protocol.md").read_text("utf-8")
ROWS = re.findall(r"(?m)^\| ([a-z`., \[\]]+) \| ((?:`[a-z]+\.[a-z]+`(?:, )?)+) \|$", PAGE)
FREE_TEXTS = {kind: re.findall("`(.*?)`", texts) for texts, kinds in ROWS
              for kind in re.findall("`(.*?)`", kinds)}  # the table of section 10


def read_redaction(seq, event):
    """Returns what the message at seq redacts, or None if it is not a redaction."""
    try:
        body = event.body
        redacted = read_event(body["event"])
        redacted.leaf, redacted.void = decode64(body["leaf"], 32), body.get("void") is True
        r = Record(seq=seq, target=body["seq"], reason=body["reason"], entry=body["entry"],
                   recorded=body.get("recorded") or 0, event=redacted)
        right = (event.v == 1 and event.kind == "entry.redacted" and redacted.leaf
                 and type(r.target) is int and type(r.recorded) is int and r.target > 0
                 and redacted.room == event.room and isinstance(r.reason, str))
        return r if right else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def texts_of(kind, body):
    """Returns the objects and lists that hold the free texts of a body, with the places there."""
    found = []
    for path in FREE_TEXTS.get(kind, []):
        *names, last = path.split(".")
        holder = body
        for name in names:
            holder = holder.get(name) if isinstance(holder, dict) else None
        inner = holder.get(last.removesuffix("[]")) if isinstance(holder, dict) else None
        if last.endswith("[]") and isinstance(inner, list):
            found += [(inner, i) for i in range(len(inner))]
        elif inner is not None:
            found.append((holder, last.removesuffix("[]")))
    return found


def blanked(event):
    """Returns the members of a message, with its free texts replaced."""
    body = json.loads(json.dumps(event.body))
    for holder, place in texts_of(event.kind, body):
        if str(holder[place]).strip():
            holder[place] = "[redacted]"
    return (event.v, event.room, event.id, event.key, event.n, event.prev, event.kind, event.by,
            body)


def is_allowed(r):
    """Reports whether a redaction has the form that lets it take effect."""
    texts = [holder[place] for holder, place in texts_of(r.event.kind, r.event.body)]
    return (r.target > 2 and r.reason.strip() and r.entry == r.event.id
            and FREE_TEXTS.get(r.event.kind)
            and all(isinstance(t, str) and t.strip() in ("", "[redacted]") for t in texts))


def removed_by_newer(message):
    """Returns the key that signed a message on gone of a newer form or kind, or None."""
    try:
        members, _ = parse(message.payload)
        version, key = members.get("v", 0), members.get("key")
        newer = version > 1 or members.get("kind") not in FREE_TEXTS
        return key if newer and isinstance(key, str) and message.signed_by(key) else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
