"""Check a full export of warroom that was unpacked: python3 verify.py DIRECTORY

Written from protocol.md alone; numbers in brackets are its sections. This file has the rules of
warroom, verify_formats.py the public formats. Needs Python 3.9. Exit codes: 0 no fault, 4 tampered
with, 6 no fault, but not all is proven, 1 not an export, 2 not checked. To be short, it does not
read what is rare, but ends with 6 and "use warroom verify". Not checked: the zip, roles, and the
files that warroom derives from the log."""

import argparse, json, pathlib, re, struct, sys
from types import SimpleNamespace as Record

sys.dont_write_bytecode = True
try:
    from verify_formats import (HANDLE, Bag, Stop, decode64, encode64, is_signed, nanoseconds,
                                read_note, read_pin, require, sha256, tree)
    PAGE = pathlib.Path(__file__).with_name("protocol.md").read_text("utf-8")
except (ImportError, OSError) as missing:
    print(f"not checked: {missing}. Needed: the Python package cryptography, and verify_formats.py "
          "and protocol.md beside this file", file=sys.stderr)
    sys.exit(2)

RIGHTS = ("watch", "write", "command")
FOLLOWED = {"key.admitted": "key handle right", "right.changed": "handle right",
            "key.struck": "handle", "entry.redacted": "entry seq reason leaf recorded event",
            "evidence.collected": "blob name class sha256 size"}  # with their members (5, 8)
EVENT = [*dict(v=int, room=str, id=str, key=str, n=int, prev=str, kind=str, at=str, by=str,
               via=str, body=dict).items()]
BODY = {"size": int, "seq": int, "recorded": int, "offset_ms": int, "report": bool, "void": bool,
        "drill": bool, "event": dict, "restricted": list}  # the members that are not strings
FREE_TEXTS = {kind: re.findall("`(.*?)`", texts) for texts, kinds in re.findall(
    r"(?m)^\| ([a-z`., \[\]]+) \| ((?:`[a-z]+\.[a-z]+`(?:, )?)+) \|$", PAGE)
    for kind in re.findall("`(.*?)`", kinds)}  # the table of section 10

def usual(condition, sentence):
    """Ends the check if something is rare."""
    require(condition, sentence + ": use warroom verify", 6)

def read_event(payload):
    """Returns a message if it has the form in which warroom writes it (3), or None."""
    def unique(pairs):
        require(len({name.casefold() for name, _ in pairs}) == len(pairs), "ambiguous")
        return dict(pairs)
    try:
        event = json.loads(payload, object_pairs_hook=unique, parse_constant=int)
        require([(name, type(value)) for name, value in event.items()] == EVENT
                and event["v"] == 1 and event["id"] and event["kind"] in FREE_TEXTS
                and nanoseconds(event["at"]) and len(payload.encode()) <= 524288
                and all(name == name.casefold() for name in event["body"]), "unusual")
        return Record(**event)
    except (ValueError, AttributeError, RecursionError):
        return None

def has_types(body):
    return all(type(value) is BODY.get(name, str) for name, value in body.items())

class Message:
    """A line of the log (9): its leaf (4), and its event if that is signed and usual (3)."""

    def __init__(self, line):
        stored, names = json.loads(line), ["seq", "recorded", "subject", "sig", "payload"]
        usual(not {"sig_base64", "payload_base64"} & stored.keys(), "an entry is not text")
        self.seq, recorded, subject, *sig, payload = stored.values()
        again = json.dumps(stored, separators=(",", ":")).replace("\x7f", "\\u007f")
        require(re.sub("[^\0-\x7f]", lambda c: json.dumps(c[0])[1:-1], line) == again
                and [*stored] in (names, names[:3] + names[4:]) and type(self.seq) is int
                and re.fullmatch(r".{19}\.[0-9]{9}Z", recorded)
                and all(re.fullmatch("[^\r\n]+", s) for s in sig), "a line has another form")
        author = re.fullmatch(rf"(log|gone)\.({HANDLE})\.([A-Za-z0-9_-]{{43}})", subject)
        usual(author, f"entry {self.seq} has an unusual subject")
        self.on_log, self.by, self.key = author[1] == "log", author[2], author[3]
        self.recorded, text = nanoseconds(recorded), payload.encode()
        signature = decode64(*sig) if sig else b""
        self.leaf = sha256(b"\0", signature if len(signature) == 64 else bytes(64), text)
        self.is_signed = is_signed(self.key, signature, b"warroom/v1\n" + text)
        self.event = read_event(payload) if self.is_signed or not self.on_log else None
        self.redaction = None

def fill_gap(seq, redaction):
    """Returns the message that a redaction describes (8)."""
    body, event = redaction.body, read_event(json.dumps(redaction.body["event"]))
    usual(event and not body.get("void"), f"the redaction of entry {seq} has an unusual form")
    return Record(seq=seq, recorded=body["recorded"], on_log=True, by=event.by, key=event.key,
                  leaf=decode64(body["leaf"]), is_signed=True, event=event, redaction=redaction)

def has_text(event):
    """Reports whether a redacted message has a free text that was not replaced (8, 10)."""
    def find(value, path):
        if path in FREE_TEXTS[event.kind]:
            return type(value) is not str or value.strip() not in ("", "[redacted]")
        if type(value) is list:
            return any(find(element, path + "[]") for element in value)
        return type(value) is dict and any(
            find(element, f"{path}.{name}".strip(".")) for name, element in value.items())
    return not FREE_TEXTS[event.kind] or find(event.body, "")

class Log:
    """The log of an export, checked message by message (4, 5, 7, 8).

    times has the running hash over the times, and latest the latest time, at each leaf."""

    def __init__(self, bag):
        messages, self.need = [Message(line) for line in bag.lines], bag.need
        self.members, self.chains, self.redacted, self.evidence = {}, {}, {}, {}
        self.strays, self.reports, self.deleted = set(), set(), set()
        self.leaves, self.times, self.latest, self.has_plan = [], [b""], [0], False
        self.stored = {m.seq: m for m in messages}
        require([m.seq for m in messages] == sorted(self.stored), "the entries are not in order")
        redactions = {str(m.event.body.get("seq")): m.event for m in messages
                      if m.on_log and m.event and m.event.kind == "entry.redacted"}
        is_newer = any(not m.on_log and not m.event for m in messages)
        times = bytes(32)
        for seq in range(1, messages[-1].seq + 1):
            usual(seq in self.stored or not is_newer, "a newer warroom removed an entry")
            require(seq in self.stored or str(seq) in redactions, f"entry {seq} is missing")
            m = self.stored.get(seq) or fill_gap(seq, redactions[str(seq)])
            self.stored[seq] = m
            times = sha256(times, struct.pack(">QQ", seq, m.recorded))
            if m.on_log:
                self.leaves.append(m.leaf)
                self.times.append(times)
                self.latest.append(max(m.recorded, self.latest[-1]))
                self.open_room(m) if seq == 1 else self.take(m)
        require(len(self.redacted) == len(self.stored) - len(messages), "a redaction has no effect")
        usual(not is_newer, "a newer warroom removed an entry")

    def open_room(self, m):
        """Reads the first message (5)."""
        require(m.is_signed, "entry 1 does not open a room")
        usual(m.event and m.event.kind != "lobby.opened", "entry 1 does not declare an incident")
        event, body = m.event, m.event.body
        require((event.by, event.key, event.n, event.prev) == (m.by, m.key, 1, "")
                and event.kind == "incident.declared" and has_types(body)
                and re.fullmatch("[^\r\n]{1,200}", body["title"]) and body["title"].strip()
                and all(re.fullmatch(HANDLE, handle) for handle in body.get("restricted", []))
                and nanoseconds(body.get("detected", event.at)), "entry 1 has another form")
        self.room, self.hub, self.chains[m.key] = event.room, body.get("hub_key", ""), (1, m.leaf)
        self.members = {self.hub: Record(handle="hub", right="command"),
                        m.key: Record(handle=m.by, right="command")}

    def take(self, m):
        """Adds a message to the chain of its author (4), and applies it (5)."""
        event, (number, leaf) = m.event, self.chains.get(m.key, (0, b""))
        usual(event or m.key not in self.members or not m.is_signed,
              f"entry {m.seq} has an unusual form")
        if (m.key not in self.members or not event or (event.by, event.key) != (m.by, m.key)
                or event.room != self.room or event.n <= number):
            require(not m.redaction, f"the redaction of entry {m.seq} is wrong")
            self.strays.add(m.key)
            return
        require((event.n, event.prev) == (number + 1, encode64(leaf)),
                f"messages of {m.by} before entry {m.seq} are missing or changed")
        self.chains[m.key] = event.n, m.leaf
        has_effect = self.apply(m.seq, event, self.members[m.key])
        require(has_effect or not m.redaction, f"the redaction of entry {m.seq} is wrong")

    def apply(self, seq, event, author):
        """Applies a message, and reports whether it takes effect (5)."""
        kind, body = event.kind, event.body
        if (author.handle != event.by or author.right not in ("write", "command")
                or event.key == self.hub and kind in ("plan.adopted", "entry.redacted")
                or not self.has_plan and kind not in ("plan.adopted", "key.admitted")):
            return False
        usual(kind != "plan.adopted" or self.has_plan or body.get("rules") in (2, 3),
              "the room has older or newer rules")
        self.has_plan |= kind == "plan.adopted"
        usual(kind != "log.resumed", "the log was restored")
        self.need(author.right == "command" or kind == "evidence.collected"
                  or kind not in FOLLOWED and kind != "plan.adopted",
                  f"entry {seq} takes a role, which is not checked")
        if kind not in FOLLOWED:
            return True
        usual({*FOLLOWED[kind].split()} <= body.keys() and has_types(body),
              f"entry {seq} has an unusual form")
        key, handle, right = (body.get(name, "") for name in ("key", "handle", "right"))
        if kind == "key.admitted" and right in RIGHTS and re.fullmatch(HANDLE, handle):
            usual(key not in self.strays, "a key wrote before it was admitted")
            if handle != "hub":
                self.members.setdefault(key, Record(handle=handle, right=right))
        elif kind == "key.struck" or kind == "right.changed" and right in RIGHTS:
            for k, member in self.members.items():
                if member.handle == handle != "hub" and member.right != "revoked" and (
                        kind == "right.changed" or key in ("", k)):
                    member.right = right if kind == "right.changed" else "revoked"
        elif kind == "evidence.collected" and body["size"] > 0 and body["name"] and re.fullmatch(
                "[0-9a-f]{64} [0-9A-HJKMNP-TV-Z]{26} (log|metric|snapshot|memory|other)",
                "%(sha256)s %(blob)s %(class)s" % body):
            self.evidence[body["sha256"]] = body["size"]
            self.reports |= {body["sha256"]} if body.get("report") else set()
        elif kind == "entry.redacted":
            gap = self.stored.get(body["seq"])
            usual(gap and gap.redaction is event,
                  f"entry {body['seq']} is still there, or was redacted twice")
            if (2 < gap.seq < seq and body["reason"].strip() and body["entry"] == gap.event.id
                    and not has_text(gap.event)):
                self.redacted[gap.seq] = body["reason"]
                self.deleted |= self.reports  # they may have the text
        return True

def check_log(bag, pin, witness):
    """Checks a whole log, its checkpoints and its evidence (6, 7, 11)."""
    usual(bag.kind == "log", "verify_partial.py checks partial exports")
    log = Log(bag)
    size, root, member = len(log.leaves), tree(log.leaves), log.members.get(bag.key)
    require(not member or member.handle == bag.principal, "it is signed in another's name")
    signers, witnesses = set(), set()  # of the checkpoints that cover all entries
    for raw in bag.notes + ([pin] if pin else []):
        note = read_note(raw, log.room, log.members)
        require(root(note.size) == note.root,
                f"the log is not the one of a checkpoint at {note.size} entries")
        require(raw is pin or note.signers or note.seen, "nobody signed a checkpoint")
        require({times for by, times in note.times if by == log.hub} <= {log.times[note.size]},
                "a recording time was changed")
        seen = [(handle, by, seconds) for handle, by, seconds in note.seen
                if by in log.members and log.members[by].handle == handle]
        require(all(log.latest[note.size] <= (seconds + 3600) * 10**9 for *_, seconds in seen),
                "an entry was recorded after a cosignature")
        if note.size == size and raw is not pin:
            signers |= note.signers
            witnesses |= {handle for handle, by, _ in seen
                          if handle != "hub" and log.members[by].right != "revoked"}
    require(member or signers, "nobody signed that the log ends here")
    bag.need(log.hub in signers, "no checkpoint of the hub covers all entries")
    bag.need(bag.key == log.hub, f"{bag.fingerprint} is not the key of the hub")
    bag.need(len(witnesses) >= witness, "too few people cosigned the whole log")
    evidence = {n[9:]: content for n, content in bag.data.items() if n.startswith("evidence/")}
    require(all(sha256(content).hex() == digest and len(content) == log.evidence.get(digest)
                for digest, content in evidence.items()), "evidence was changed or added")
    bag.need(log.evidence.keys() <= evidence.keys() | log.deleted, "evidence is missing")
    bag.check_info(log.room, size, root(size))
    redacted = [f"entry {seq} was redacted: {reason}" for seq, reason in log.redacted.items()]
    return [f"{size} entries, signed by {bag.fingerprint}", *redacted]

def run(check, path, key=None, pin=None, witness=0):
    """Runs a check, and returns the exit code and what was found."""
    try:
        bag = Bag(path, key)
        found = check(bag, read_pin(pin) if pin else None, witness)
        return 6 if bag.less else 0, [*bag.less, *found, "not compared with the log: README.txt "
                                      "and the other files that are derived from it"]
    except Stop as stop:
        return stop.args[0], [stop.args[1]]
    except OSError as fault:
        return 2, [f"{fault.filename} cannot be read: {fault.strerror}"]
    except Exception as fault:  # what is not as the page requires fails in many ways
        return 4, [repr(fault)]

def main(check):
    args = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    args.add_argument("path", help="the directory of an unpacked export")
    args.add_argument("--key", help="the key or fingerprint that has to have signed")
    args.add_argument("--pin", help="a file with a checkpoint that was kept")
    args.add_argument("--witness", type=int, default=0, help="how many have to have cosigned")
    code, found = run(check, **vars(args.parse_args()))
    verdicts = {0: "ok", 1: "not an export", 2: "not checked", 4: "BAD", 6: "open"}
    for line in [verdicts[code], *found]:
        print(line.encode("unicode_escape").decode())
    sys.exit(code)

if __name__ == "__main__":
    main(check_log)
