#!/usr/bin/env python3
"""verify.py FILE|DIRECTORY [--pin FILE] [--key KEY] [--witness N]: checks an export of warroom.

Written from protocol.md alone; the sections named below are those of that page. It needs Python 3.8 and nothing else:
the standard library has no Ed25519, so it is here. Left out, and reported where it matters: roles and the other rules
of the fold, the files that warroom derives from the log, and zips with files of 4 GiB or more (unpack those).
Exit codes are those of `warroom verify`: 0 good, 4 tampered with, 6 not compared to the end, 1 not a record."""
import argparse, base64, datetime, functools, hashlib, io, json, os, re, stat, struct, sys, zipfile, zlib
from types import SimpleNamespace as Record

FREE = """text,from: action.taken adversary.observed communication.noted decision.made entry.noted evidence.noted
 finding.recorded hypothesis.opened; text: ask.acked ask.answered ask.made entry.amended item.added poll.opened
 review.written; why: alert.closed alert.judged condition.answered; why,categories[]: exposure.assessed; reason:
 asset.state channel.judged clock.armed clock.met clock.paced clock.retimed clock.snoozed clock.waived entry.retracted
 evidence.custody followup.dropped handoff.accepted handoff.declined handoff.withdrawn hypothesis.eliminated
 hypothesis.supported impact.ended impact.started incident.drill incident.reopened ioc.blocked item.blocked item.due
 item.excepted item.reopened item.skipped item.started key.struck milestone.set page.asked poll.closed
 poll.objected role.combined room.restricted severity.changed time.corrected; note: export.made followup.done gate.overridden update.approved;
 name,host,source,command,note: evidence.collected evidence.started; title: followup.added incident.renamed;
 alert.title,alert.description,alert.asset.id,alert.location.uri,alert.link: alert.received;
 head.title,head.description,head.asset.id,head.location.uri,head.link: alert.updated; name,reason: asset.added;
 title,reason: incident.linked; value,reason: ioc.added; note,override: item.done; text,override: incident.resolved;
 override: incident.closed; what,detail: delivery.recorded; who,how: notice.given; brief: handoff.offered;
 conditions,actions,needs: update.drafted update.sent; : alert.moved entry.pinned entry.redacted incident.declared
 item.assigned key.admitted kind.changed lobby.opened log.resumed page.answered phase.entered phase.left plan.adopted
 right.changed role.assumed role.confirmed role.renounced"""  # section 10
KINDS = {k: [p for p in row.split(":")[0].strip().split(",") if p] for row in FREE.split(";")
         for k in row.split(":")[1].split()}
BY_HUB = set("key.admitted key.struck right.changed alert.received alert.updated delivery.recorded page.answered "
             "entry.noted evidence.started evidence.collected incident.linked".split())
BY_ROLE = {"key.admitted", "key.struck", "right.changed", "plan.adopted", "entry.redacted"}
BEGINS = ("incident.declared", "lobby.opened")
USES = {"incident.declared": ["hub_key"], "lobby.opened": ["hub_key"], "plan.adopted": ["rules"],
        "key.admitted": ["key", "handle", "right"], "key.struck": ["key", "handle", "reason"],
        "right.changed": ["handle", "right"], "log.resumed": ["size", "root", "hub_key", "last_seq"],
        "evidence.collected": ["sha256", "size", "blob", "class", "name"]}  # members of bodies that section 5 uses
FORM = dict(v=int, n=int, room=str, id=str, key=str, prev=str, kind=str, at=str, by=str, via=str)  # section 3
RIGHTS, NUMBERS = ("watch", "write", "command"), {"rules", "size", "last_seq"}
HANDLE = re.compile(r"[a-z0-9_-]{1,32}\Z")
SECONDS = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"

class Tampered(Exception): pass    # ends with 4
class Unreadable(Exception): pass  # ends with 1

# Ed25519, RFC 8032, section 5.1 and appendix A.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P

@functools.lru_cache(None)
def point(raw):
    y = int.from_bytes(raw, "little") % 2**255
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x if (x * x - x2) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or x == 0 and raw[31] >> 7: return None
    x = x if x & 1 == raw[31] >> 7 else P - x
    return x, y, 1, x * y % P

BASE = point(bytes([0x58]) + b"\x66" * 31)

@functools.lru_cache(None)
def verified(key, sig, text):
    """Reports whether the key, as text, signed the text."""
    pub = b64(key, 32, True)
    a, s = pub and point(pub), int.from_bytes(sig[32:], "little")
    if not a or len(sig) != 64 or s >= L: return False
    k = int.from_bytes(hashlib.sha512(sig[:32] + pub + text).digest(), "little") % L
    minus = P - a[0], a[1], 1, P - a[3]
    table, q = (None, BASE, minus, add(BASE, minus)), (0, 1, 1, 0)
    for i in range(252, -1, -1):
        q, t = add(q, q), table[s >> i & 1 | (k >> i & 1) << 1]
        q = add(q, t) if t else q
    z = pow(q[2], -1, P)
    return (q[1] * z % P | (q[0] * z % P & 1) << 255).to_bytes(32, "little") == sig[:32]

def b64(text, size=None, url=False):
    """Decodes strictly; returns None if the text is malformed or of another size."""
    try: raw = base64.b64decode(text + "=" * (-len(text) % 4 if url else 0), b"-_" if url else None, validate=True)
    except (ValueError, TypeError): return None
    again = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() if url else text64(raw)
    return raw if again == text and size in (None, len(raw)) else None

def text64(raw): return base64.b64encode(raw).decode()
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def string(raw): return struct.pack(">I", len(raw)) + raw
def ssh_key(pub): return string(b"ssh-ed25519") + string(pub)
def fingerprint(key): return "SHA256:" + text64(sha(ssh_key(b64(key, 32, True)))).rstrip("=")

# The zip, or the directory that it was unpacked into (section 9).
def unzip(z):
    """Returns the files of a zip, after it has made the same zip of them."""
    end = z.rfind(b"PK\5\6")
    for _ in range(1000):  # bytes behind the zip may look like the end of one
        try: entries = zipfile.ZipFile(io.BytesIO(z[:end + 22])).infolist() if 0 <= end <= len(z) - 22 else []
        except Exception: entries = []
        if entries or end < 0: break
        end = z.rfind(b"PK\5\6", 0, end + 3)
    record = any(i.filename.endswith("/bagit.txt") for i in entries)
    if not 0 < len(entries) <= 10000 or end + 22 < len(z) and not record:
        raise Unreadable("it is not a zip, is cut off, or has too many files")
    files, base, local, central, refuse = {}, None, b"", b"", Tampered if record else Unreadable
    for i in entries:
        raw = i.orig_filename.encode("utf-8" if i.flag_bits & 0x800 else "cp437")
        name = raw.decode("utf-8", "surrogateescape")
        parts = name.split("/")
        mode = i.external_attr >> 16 & 0xF000 if i.create_system in (3, 19) else i.external_attr & 0x10
        if re.search("[\\\\:\udc80-\udcff]", name) or {"", ".", ".."} & set(parts) or mode not in (0, 0x8000):
            raise refuse("%r has no place in a record" % name)
        if i.compress_type or i.compress_size != i.file_size or i.file_size >= 2**32 - 1:
            raise Unreadable("%s is compressed, or too large" % name)
        if name in files or len(parts) < 2 or base not in (None, parts[0]): raise refuse("%r is misplaced" % name)
        at, base = len(local), parts[0]
        body = files[name] = z[at + 30 + len(raw):at + 30 + len(raw) + i.file_size]
        head = struct.pack("<5H3I2H", 0, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body), len(raw), 0)
        central += b"PK\1\2\0\0" + head + bytes(10) + struct.pack("<I", at) + raw
        local += b"PK\3\4" + head + raw + body
    tail = struct.pack("<4s2x2x2H2IH", b"PK\5\6", len(files), len(files), len(central), len(local), 0)
    if z != local + central + tail: raise Tampered("the zip is not as warroom writes it")
    return {n.split("/", 1)[1]: b for n, b in files.items()}, base

def unpacked(path):
    files, odd = {}, []
    for top, dirs, names in os.walk(path):
        if not names and not dirs: odd.append(top)
        for full in [os.path.join(top, n) for n in names + dirs]:
            if stat.S_ISREG(os.lstat(full).st_mode):
                with open(full, "rb") as f: files[os.path.relpath(full, path).replace(os.sep, "/")] = f.read()
            elif not os.path.isdir(full) or os.path.islink(full): odd.append(full)
    if odd and "bagit.txt" in files: raise Tampered("%s has no place in a record" % odd[0])
    return files, None

# JSON and messages (sections 3 and 9).
def parse(raw, twice):
    """Reads JSON with the names of members folded; twice receives names that stand twice in an object."""
    def fold(name): return "".join(c.casefold() if len(c.casefold()) == 1 else c for c in name)
    def pairs(items):
        names = [fold(k) for k, _ in items]
        if len(set(names)) < len(names): twice.extend(k for k in set(names) if names.count(k) > 1)
        return dict(zip(names, (v for _, v in items)))
    def refuse(_): raise ValueError
    return json.loads(raw.decode("utf-8", "replace"), object_pairs_hook=pairs, parse_constant=refuse)

def event(m, twice=(), **more):
    """An event of the members of a message; ValueError if they do not have the form of section 3."""
    e = Record(**{k: kind() if m.get(k) is None else m[k] for k, kind in FORM.items()})
    if any(type(getattr(e, k)) is not kind for k, kind in FORM.items()): raise ValueError
    at = re.match(SECONDS + r"([.,]\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)\Z", e.at)
    datetime.datetime.strptime(at.group(1) if at else "", "%Y-%m-%dT%H:%M:%S")
    if e.v < 1 or e.n < 0 or not (e.room and e.id and e.kind): raise ValueError
    body = m.get("body")
    e.whole, e.body = body is None or isinstance(body, dict), body if isinstance(body, dict) else {}
    e.twice, e.void, e.leaf, e.unread = twice, False, None, False
    e.__dict__.update(more)
    return e

class Message:
    """One stored message: a line of a log."""
    def __init__(self, raw):
        try:
            o = json.loads(raw.decode())
            self.seq, self.subject, words = o["seq"], o["subject"], o["subject"].split(".")
            self.sig = o["sig"].encode() if "sig" in o else b64(o.get("sig_base64", ""))
            self.data = o["payload"].encode() if "payload" in o else b64(o["payload_base64"])
            at = re.match(SECONDS + r"\.(\d{9})Z\Z", o["recorded"])
            day = datetime.datetime.strptime(at.group(1), "%Y-%m-%dT%H:%M:%S") - datetime.datetime(1970, 1, 1)
            self.at = (day.days * 86400 + day.seconds) * 10**9 + int(at.group(2))
            wrote = dict(seq=self.seq, recorded=o["recorded"], subject=self.subject)
            for name, value in ("sig", self.sig), ("payload", self.data):
                try: wrote.update({name: value.decode()} if value or name == "payload" else {})
                except UnicodeDecodeError: wrote[name + "_base64"] = text64(value)
            wrote = json.dumps(wrote, separators=(",", ":")).replace("\x7f", "\\u007f")
            if not (wrote == "".join(c if c < "\x80" else json.dumps(c)[1:-1] for c in raw.decode())
                    and type(self.seq) is int and 0 <= self.seq < 2**64 and not re.search(rb"[\r\n]", self.sig)
                    and len(words) > 1 and words[0] in ("log", "gone") and not {"", "*", ">"} & set(words)
                    and len(self.subject.encode()) < 512 and not re.search(r"[\x00-\x20\s\x85]", self.subject)):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Tampered("a line of the log is not written as a record is: %.60r" % raw)
        self.handle, self.key = words[1:] if len(words) == 3 else ("", "")
        self.is_leaf = words[0] == "log"
        self.signature = b64(self.sig.decode("latin-1"), 64) or bytes(64)
        self.leaf = sha(b"\0", self.signature, self.data)

    def signed_by(self, key): return verified(key, self.signature, b"warroom/v1\n" + self.data)

    def event(self):
        """The message as an event, and why it is not authentic."""
        twice, m = [], None
        try:
            m = parse(self.data, twice)
            if len(self.data) > 524288 or not isinstance(m, dict): raise ValueError
            e = event(m, twice, leaf=self.leaf)
            if (e.by, e.key) != (self.handle, self.key): return e, "it is not of the author of its subject"
            return e, "" if self.signed_by(e.key) else "its signature does not verify"
        except (ValueError, RecursionError):
            v = m.get("v") if isinstance(m, dict) else 0
            newer = type(v) is int and v > 1 and self.signed_by(self.key)
            e = event(dict(v=1, room="?", id="?", kind="?", at="1970-01-01T00:00:00Z"), key=self.key, leaf=self.leaf)
            e.v, e.unread = (v, True) if newer else (1, False)
            return e, "" if newer else "it is not a message"

class Tree:
    """The roots of a growing Merkle tree, by size (section 4)."""
    def __init__(self): self.peaks, self.size, self.roots = [], 0, {}
    def add(self, leaf):
        n = self.size = self.size + 1
        while n % 2 == 0: leaf, n = sha(b"\1", self.peaks.pop(), leaf), n // 2
        self.peaks.append(leaf)
        self.roots[self.size] = functools.reduce(lambda r, l: sha(b"\1", l, r), reversed(self.peaks))

class Log:
    """The check of a whole log (sections 4, 5 and 8)."""
    def __init__(self, messages, chosen):
        self.bad, self.less, self.open, self.strays, self.blind, self.holes = [], [], [], 0, False, []
        self.id, self.room, self.rules, self.lobby, self.members, self.chain = "", "", None, False, {}, {}
        self.redactions, self.evidence, self.breaks, self.tree = {}, {}, [], Tree()
        self.without = set()  # redacted messages that had no effect, by what is known here
        self.times, self.latest, self.sums, self.upto, seq = bytes(32), 0, {}, {}, 1
        self.newer = {m.seq: k for m in messages if not m.is_leaf for k in [removed_by_newer(m)] if k}
        queue = [(m.seq, m, None) for m in messages]
        if all(a.seq < b.seq for a, b in zip(messages, messages[1:])):
            queue = sorted(queue + [(s, None, c) for s, c in chosen.items()], key=lambda q: q[0])
        for at, m, stone in queue:
            if at != seq: self.hole(seq)
            seq, recorded = at + 1, m.at if m else stone.recorded
            self.times = sha(self.times, struct.pack(">QQ", at, recorded % 2**64))
            self.latest = max(self.latest, recorded)
            if m and not m.is_leaf: continue
            e, fault = m.event() if m else (stone.event, "")
            self.tree.add(e.leaf)
            self.sums[self.tree.size], self.upto[self.tree.size] = self.times, self.latest
            self.take(at, e, fault, m is None)
        self.after({m.seq: m for m in messages}, chosen)

    def hole(self, seq):
        self.holes.append((seq, len(self.bad)))
        self.bad.append("entry %d is missing" % seq)
        if any(s > seq for s in self.newer):
            self.blind, self.chain = True, {k: (n, leaf, True) for k, (n, leaf, _) in self.chain.items()}

    def take(self, seq, e, fault, redacted):
        stray = bool(fault)
        if not fault and self.room and e.room != self.room and not e.unread:
            fault, stray = "it is of another room", True
        n, leaf, gap = self.chain.get(e.key, (0, "", self.blind))
        if e.unread: self.chain[e.key] = (n, leaf, True)
        elif not fault:
            if e.n <= n: fault, stray = "it is a repeat", True
            elif not (gap and e.n > n + 1) and (e.n != n + 1 or e.prev != leaf):
                fault = "messages of its author before it are missing or changed"
            else: self.room, self.chain[e.key] = e.room, (e.n, text64(e.leaf), False)
        if redacted and not (self.effect(seq, e) and not fault): self.without.add(seq)
        if self.id and e.key not in self.members or fault and stray and not redacted: self.strays += 1
        elif fault: self.bad.append("entry %d of %s does not verify: %s" % (seq, e.by or e.key, fault))
        else:
            if e.v > 1 or e.kind not in KINDS: self.less.append("entry %d is of form %d, kind %s" % (seq, e.v, e.kind))
            if e.twice: self.less.append("entry %d has a member twice: %s" % (seq, e.twice[0]))
            if not e.void and self.effect(seq, e): self.apply(seq, e)

    def effect(self, seq, e):
        """Reports whether a message takes effect, as far as section 5 goes."""
        if e.v > 1 or e.kind not in KINDS or not e.whole or any(
                type(e.body.get(n)) not in (type(None), int if n in NUMBERS else str) for n in USES.get(e.kind, [])):
            return False
        if e.kind in BEGINS: return not self.id and seq == 1 and bool(HANDLE.match(e.by))
        m = self.members.get(e.key)
        rules = (e.body.get("rules") if e.kind == "plan.adopted" else self.rules) or 0
        if not m or m.struck or m.handle != e.by or m.right == "watch" or e.twice and rules >= 2: return False
        if m.hub: return e.kind in BY_HUB or self.lobby and e.kind == "plan.adopted"
        if e.kind in BY_ROLE and m.right != "command":
            self.less.append("entry %d, %s by %s, takes a role, which was not checked" % (seq, e.kind, e.by))
        return e.kind != "log.resumed" or m.right == "command"

    def apply(self, seq, e):
        b, kind, keys = e.body, e.kind, self.members
        key, handle, right, hub, root = (b.get(k) or "" for k in ("key", "handle", "right", "hub_key", "root"))
        def member(handle, right, hub=False): return Record(handle=handle, right=right, hub=hub, struck=False)
        if kind in BEGINS:
            self.id, self.lobby = e.room, kind == "lobby.opened"
            keys[e.key] = member(e.by, "command", self.lobby and hub == e.key)
            if hub: keys.setdefault(hub, member("hub", "command", True))
        elif kind == "plan.adopted" and self.rules is None:
            self.rules = b.get("rules") or 0
            if self.rules > 2: self.less.append("the room follows the rules %s" % self.rules)
        elif kind == "key.admitted" and key and HANDLE.match(handle) and handle != "hub" and right in RIGHTS:
            keys.setdefault(key, member(handle, right))
        elif kind == "key.struck":
            for k, m in keys.items(): m.struck |= not m.hub and m.handle == handle and key in ("", k)
        elif kind == "right.changed" and right in RIGHTS:
            for m in keys.values():
                if m.handle == handle and not m.hub and not m.struck: m.right = right
        elif kind == "log.resumed" and (b.get("size") or 0) > 0 and 0 < len(root) <= 64 and 0 < len(hub) <= 64:
            known = keys.get(hub, member("hub", "command", True))
            if (b.get("last_seq") or 0) >= seq or not known.hub or known.struck: return
            self.breaks.append(b["size"])
            for k, m in keys.items(): m.struck |= m.hub and k != hub
            keys[hub] = known
        elif kind == "evidence.collected" and re.match(r"[0-9a-f]{64}\Z", b.get("sha256") or "") and re.match(
                r"[0-9A-HJKMNP-TV-Z]{26}\Z", b.get("blob") or "") and b.get("name"):
            if b.get("class") in ("log", "metric", "snapshot", "memory", "other"):
                self.evidence[b["sha256"]] = b.get("size") or 0
        elif kind == "entry.redacted":
            s = stone(seq, e)
            if s and allowed(s) and (s.event.void or s.of_seq not in self.without):
                self.redactions.setdefault(s.of_seq, seq)

    def after(self, there, chosen):
        for seq, s in chosen.items():
            if self.redactions.get(seq) == s.seq: self.open.append("entry %d was redacted: %s" % (seq, s.reason))
            else: self.bad.append("entry %d is missing, and the redaction %d has no effect" % (seq, s.seq))
        for seq, by in self.redactions.items():
            s, m = stone(by, there[by].event()[0]) if by in there else None, there.get(seq)
            if s and m and (m.leaf != s.event.leaf or blanked(m.event()[0]) != blanked(s.event)):
                self.bad.append("entry %d is not what its redaction says" % seq)
        newer = [s for s, k in self.newer.items() if k in self.members]
        self.less += ["message %d is of a newer form" % s for s in newer]
        self.cut = bool(self.holes) and self.holes[0][0] < max(newer, default=0)
        if self.cut:
            self.bad = self.bad[:self.holes[0][1]]
            self.less.append("what lies behind entry %d cannot be checked" % self.holes[0][0])
        if not self.id: self.bad.append("entry 1 does not declare a room")

def stone(seq, e):
    """What a redaction at seq says of the message that it redacts (section 8), or None."""
    try:
        b, leaf = e.body, b64(e.body["leaf"], 32)
        s = Record(seq=seq, of_seq=b["seq"], reason=b["reason"], entry=b["entry"], recorded=b.get("recorded") or 0,
                   event=event(b["event"], leaf=leaf, void=b.get("void") is True))
        right = type(s.of_seq) is int and type(s.recorded) is int and leaf and s.event.room == e.room
        return s if right and s.of_seq > 0 and e.v == 1 and e.kind == "entry.redacted" else None
    except (KeyError, ValueError, TypeError, AttributeError): return None

def allowed(s):
    texts = [o[k] for path in KINDS.get(s.event.kind, []) for o, k in places(s.event.body, path)]
    blank = all(type(t) is str and t.strip() in ("", "[redacted]") for t in texts)
    return s.of_seq > 2 and s.reason.strip() and s.entry == s.event.id and blank and KINDS.get(s.event.kind)

def places(o, path):
    """The objects and lists in which the texts of a path stand, with their place there."""
    name, _, rest = path.partition(".")
    inner = o.get(name.rstrip("[]")) if isinstance(o, dict) else None
    if rest: return places(inner, rest)
    if name.endswith("[]") and isinstance(inner, list): return [(inner, i) for i in range(len(inner))]
    return [] if inner is None else [(o, name.rstrip("[]"))]

def blanked(e):
    body = json.loads(json.dumps(e.body))
    for o, k in [at for path in KINDS.get(e.kind, []) for at in places(body, path)]:
        o[k] = "[redacted]" if str(o[k]).strip() else o[k]
    return [e.v, e.room, e.id, e.key, e.n, e.prev, e.kind, e.by, body]

def removed_by_newer(m):
    """The key that signed a message on gone of a newer form or kind, or None."""
    try: o = parse(m.data, [])
    except (ValueError, RecursionError): return None
    if not isinstance(o, dict) or type(o.get("v", 0)) is not int or not isinstance(o.get("key"), str): return None
    return o["key"] if (o.get("v", 0) > 1 or o.get("kind") not in KINDS) and m.signed_by(o["key"]) else None

def whole(messages):
    """Checks a log with the redactions that take effect."""
    there, copies, found = {m.seq for m in messages}, {m.sig for m in messages if not m.is_leaf}, {}
    for m in messages:
        e, fault = m.event() if m.is_leaf and b"entry.redacted" in m.data else (None, "another kind")
        s = None if fault else stone(m.seq, e)
        if s and s.of_seq not in there and s.seq > s.of_seq:
            found.setdefault(s.of_seq, []).append((m.sig not in copies, s.seq, s))
    order = {seq: [c[2] for c in sorted(c, key=lambda c: c[:2])] for seq, c in found.items()}
    for _ in range(16):
        log = Log(messages, {seq: c[0] for seq, c in order.items()})
        others = [c for seq, c in order.items() if len(c) > 1 and log.redactions.get(seq) != c[0].seq]
        if not others: break
        for c in others: c.append(c.pop(0))
    return log

# Checkpoints (section 6).
def checkpoint(text):
    m = re.match(r"warroom/([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)\n\Z", text)
    root = m and b64(m.group(3), 32)
    if not root: raise Tampered("a checkpoint cannot be read")
    return m.group(1), int(m.group(2)), root

def pinned(raw):
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return checkpoint(text.split("\n\n")[0].rstrip("\n") + "\n")

class Note:
    def __init__(self, raw, room, keys):
        try: text, _, lines = raw.decode().rpartition("\n\n")
        except UnicodeDecodeError: raise Tampered("a checkpoint is not text")
        if re.search(rb"[\x00-\x09\x0b-\x1f]", raw) or not lines.endswith("\n") or not text:
            raise Tampered("it is not a signed note")
        text, lines = text + "\n", lines.split("\n")[:-1]
        (self.room, self.size, self.root), self.by, self.seen, self.times = checkpoint(text), [], [], []
        if self.room != room: raise Tampered("a checkpoint is of another room")
        for line in lines:
            m = re.match(r"\u2014 ([^\s+]+) (\S+)\Z", line)
            rest = m and b64(m.group(2))
            if not rest or len(rest) < 5 or len(lines) > 100: raise Tampered("a signature line cannot be read")
            self.line(text, m.group(1), rest[:4], rest[4:], keys)

    def line(self, text, name, hashed, rest, keys):
        def fits(key, alg): return sha(name.encode(), b"\n", bytes([alg]), b64(key, 32, True) or b"")[:4] == hashed
        def need(key, sig, what):
            if not verified(key, sig, what.encode()): raise Tampered("a signature of %s does not verify" % name)
        who, _, key = name.partition("/")
        if name == "warroom/" + self.room:
            for k in keys:
                if fits(k, 1): need(k, rest, text); self.by.append(k)
        elif who == "times" and b64(key, 32, True) and fits(key, 0xF7):
            if key not in keys: return
            need(key, rest[32:], "warroom/times/v1\n%s%s\n" % (text, text64(rest[:32])))
            self.times.append((key, rest[:32]))
        elif HANDLE.match(who) and b64(key, 32, True) and fits(key, 4):
            at = int.from_bytes(rest[:8], "big")
            need(key, rest[8:], "cosignature/v1\ntime %d\n%s" % (at, text))
            self.seen.append((who, key, at))

class Check:
    """One check of a bag (sections 9 and 11)."""
    TAGS = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "allowed_signers"]
    REPORTS = ["data/report.html", "data/report.json", "data/report.md"]
    NEED = {"log": ["data/plan.json", "data/roster.json", "data/timeline.txt"], "entry": ["data/proof.txt"],
            "part": ["data/timeline.txt"] + REPORTS}
    def __init__(self, files, base, options):
        self.files, self.base, self.o = files, base, options
        self.bad, self.less, self.good, self.open = [], [], [], []
        if "bagit.txt" not in files: raise Unreadable("it has no bagit.txt")
        bagit = rb"BagIt-Version: %s\nTag-File-Character-Encoding: UTF-8\n\Z"
        if not re.match(bagit % rb"1\.0", files["bagit.txt"]):
            newer = re.match(bagit % rb"[0-9]+\.[0-9]+", files["bagit.txt"])
            raise (Unreadable if newer else Tampered)("its bagit.txt says something else")
        lines = files.get("bag-info.txt", b"").decode("utf-8", "replace").split("\n")
        self.pairs = [(l.split(": ", 1) + [None])[:2] for l in (lines if lines[-1] else lines[:-1])]
        self.info = dict(reversed(self.pairs))
        if not re.match(r"0*[12]\Z", self.info.get("Warroom-Form") or "1"): raise Unreadable("it is of a newer warroom")
        kinds = [k for k in ("log", "part", "entry") if "data/%s.jsonl" % k in files]
        if len(kinds) != 1: raise Unreadable("it has no data/log.jsonl")
        self.kind = kinds[0]
        tags = {n: b for n, b in files.items() if not n.startswith("data/")}
        data = {n: b for n, b in files.items() if n.startswith("data/")}
        sums, sig = tags.pop("tagmanifest-sha256.txt", None), tags.pop("tagmanifest-sha256.txt.sig", None)
        self.manifest("tagmanifest-sha256.txt", sums, tags)
        self.signature(sums, sig)
        self.manifest("manifest-sha256.txt", tags.get("manifest-sha256.txt"), data)
        self.blobs = {n[14:]: b for n, b in data.items() if re.match(r"data/evidence/[0-9a-f]{64}\Z", n)}
        self.notes = [b for n, b in sorted(files.items()) if n.startswith("data/checkpoints/")]
        lines = files["data/%s.jsonl" % self.kind].split(b"\n")
        self.lines = [leaf(l) if self.kind == "part" else Message(l) for l in (lines if lines[-1] else lines[:-1])]
        if self.o.key and self.o.key.strip() not in (self.key, fingerprint(self.key)):
            self.bad.append("another key signed it")
        getattr(self, "check_" + self.kind)()

    def manifest(self, name, text, files):
        want = ["%s  %s" % (hashlib.sha256(b).hexdigest(), n) for n, b in files.items()]
        lines = (text or b"").decode("utf-8", "replace").split("\n")
        if text is None or sorted(want) != sorted(lines if lines[-1] else lines[:-1]):
            raise Tampered("%s does not list the files that are there" % name)

    def signature(self, sums, sig):
        m = re.match(r'(\S+) namespaces="warroom" ssh-ed25519 (\S+)\n\Z',
                     self.files.get("allowed_signers", b"").decode("latin-1"))
        blob = m and b64(m.group(2), 51)
        if not blob or blob != ssh_key(blob[-32:]) or not HANDLE.match(m.group(1)) or not sig:
            raise Tampered("nobody signed it, or allowed_signers cannot be read")
        self.principal, self.key = m.group(1), base64.urlsafe_b64encode(blob[-32:]).decode().rstrip("=")
        body = re.match(rb"-----BEGIN SSH SIGNATURE-----\n((?:[^\n]{70}\n)*[^\n]{1,70}\n)"
                        rb"-----END SSH SIGNATURE-----\n\Z", sig)
        raw = body and b64(body.group(1).replace(b"\n", b"").decode("latin-1")) or b""
        names = string(b"warroom") + string(b"") + string(b"sha512")
        want = b"SSHSIG\0\0\0\1" + string(blob) + names + string(string(b"ssh-ed25519") + string(raw[-64:]))
        if raw != want or not verified(self.key, raw[-64:], b"SSHSIG" + names + string(hashlib.sha512(sums).digest())):
            raise Tampered("the signature over the bag does not verify")

    def beside(self, room, size, root, end=""):
        """Names of files, bag-info.txt, and what only warroom's own code can compare."""
        log = "data/%s.jsonl" % self.kind
        need = self.TAGS + ["tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "data/README.txt", log]
        need += self.NEED[self.kind]
        may = ["data/checkpoints/%05d.txt" % (i + 1) for i in range(len(self.notes))] if self.kind != "entry" else []
        if self.kind == "log":
            may += ["data/evidence.jsonl", "data/custody.jsonl"] + ["data/evidence/" + s for s in self.blobs]
            may += self.REPORTS
        self.bad += ["%s is missing" % n for n in need if n not in self.files]
        self.bad += ["%s has no place in a bag" % n for n in self.files if n not in need + may]
        for n, text in self.files.items():
            for l in (text.split(b"\n") if n.endswith("l") else [text]) if n.endswith((".json", ".jsonl")) else []:
                twice = []
                try: parse(l, twice) if n != log else None
                except (ValueError, RecursionError): continue
                if twice: self.bad.append("%s has a member twice: %s" % (n, twice[0]))
        if self.base not in (None, "%s-%s%s" % (self.info.get("Internal-Sender-Identifier"), room, end)):
            self.bad.append("its directory has another name")
        data = [b for n, b in self.files.items() if n.startswith("data/")]
        want = {"External-Identifier": room, "Payload-Oxum": "%d.%d" % (sum(map(len, data)), len(data)),
                "Warroom-Entries": str(size), "Warroom-Root": text64(root)}
        if len(self.info) < len(self.pairs) or None in self.info.values() or dict(self.info, **want) != self.info:
            self.bad.append("bag-info.txt is not what this record makes")
        pin = self.o.pin and not self.bad and pin_note(self.o.pin, room, [self.key])
        known = self.is_hub and "the hub"
        known = "the key that was given" if self.o.key else "the signer of the pin" if pin else known
        derived = [n for n in self.files if re.match("data/(?!evidence/|checkpoints/|proof)", n) and n != log]
        if known: self.good.append("signed by %s, whose word are: %s" % (known, " ".join(derived)))
        elif self.kind == "log": self.less.append("not compared, and not signed by the hub: %s" % " ".join(derived))
        else: self.less.append("nothing in it shows that the key %s is the hub's" % fingerprint(self.key))

    def check_log(self):
        log = self.log = whole(self.lines)
        self.bad, self.less, self.open = self.bad + log.bad, self.less + log.less, log.open
        if not log.id or log.cut: return
        hub, me = [k for k, m in log.members.items() if m.hub], log.members.get(self.key)
        self.is_hub = bool(me and me.hub and me.handle == self.principal)
        size, seen, known, timed, best = log.tree.size, {}, 0, 0, 0
        for raw, pin in [(b, False) for b in self.notes] + [(self.o.pin, True)] * (self.o.pin is not None):
            try:
                room, at, root = pinned(raw)
                n = pin_note(raw, log.id, hub) if pin else Note(raw, log.id, log.members)
                if room != log.id: raise Tampered("a checkpoint is of another room")
                if log.tree.roots.get(at) != root and at > 0 and any(b < at for b in log.breaks):
                    self.less.append("the checkpoint at %d entries is of the log before it was restored" % at)
                    continue
                if log.tree.roots.get(at) != root: raise Tampered("the log is not the one of the checkpoint at %d" % at)
                if not pin and not n.by and not n.seen: raise Tampered("the checkpoint at %d is signed by nobody" % at)
            except Tampered as t: self.bad.append(str(t)); continue
            if n is None: continue
            known = max(known, at if n.by and not pin else 0)
            best = max(best, at if not pin and set(n.by) & set(hub) else 0)
            for times in [t for k, t in n.times if k in hub]:
                if times == log.sums[at]: timed = max(timed, at)
                else: (self.less if log.breaks else self.bad).append("the times up to %d are not the hub's" % at)
            for who, key, when in n.seen:
                if key not in log.members or log.members[key].handle != who: continue
                if not pin: seen.setdefault(at, set()).add(who)
                if log.upto[at] > (when + 3600) * 10**9:
                    (self.bad if (log.rules or 0) >= 2 else self.less).append("%s cosigned what came later" % who)
        if me and me.handle != self.principal: self.bad.append("it is signed as %s with another's key" % self.principal)
        elif not me or me.struck: self.less.append("the signer's key is not a member's")
        for s, n in log.evidence.items():
            if s not in self.blobs: self.less.append("evidence %s is not in it" % s)
            elif len(self.blobs[s]) != n: self.bad.append("evidence %s has another size" % s)
        self.bad += ["evidence %s was collected by nobody, or is something else" % s for s, b in self.blobs.items()
                     if s not in log.evidence or sha(b).hex() != s]
        self.beside(log.id, size, log.tree.roots[size])
        if best < size and not (me or known == size): self.bad.append("nobody signed that the log ends here")
        elif best < size: self.less.append("no checkpoint of the hub covers the last %d entries" % (size - best))
        if not self.is_hub and (timed < size or log.times != log.sums[size]):
            self.less.append("the hub did not sign the last recording times")
        if max([n for n, who in seen.items() if len(who) >= self.o.witness], default=0) < size and self.o.witness:
            self.less.append("fewer than %d people cosigned the end of the log" % self.o.witness)
        self.good.append("%d entries, root %s; %d strays" % (size, text64(log.tree.roots[size]), log.strays))

    def check_part(self):
        tree, last, room, links, members, hub, end = Tree(), 0, "", {}, None, None, None
        for i, (seq, hashed, m) in enumerate(self.lines):
            if seq <= last: self.bad.append("entry %d does not come behind entry %d" % (seq, last))
            last = seq
            tree.add(hashed)
            if not m: continue
            e, fault = m.event()
            room, (n, prev) = room or e.room, links.get(m.key, (0, ""))
            if e.unread: self.less.append("entry %d is of form %d" % (seq, e.v)); continue
            if not fault and (e.room != room or e.n <= n or e.n == n + 1 and n and e.prev != prev):
                fault = "it is out of order"
            elif not fault and i == 0 and e.kind in BEGINS:
                hub = e.body.get("hub_key")
                members = dict({hub: "hub"} if hub else {}, **{e.key: e.by})
            elif not fault and members is not None and members.get(m.key) != m.handle:
                fault = "its author is not a member"
            if fault: self.bad.append("entry %d does not verify: %s" % (seq, fault)); continue
            if e.twice: self.less.append("entry %d has a member twice" % seq)
            links[m.key] = e.n, text64(e.leaf)
            if members is not None and e.kind == "key.admitted":
                members.setdefault(e.body.get("key"), e.body.get("handle"))
        room, self.is_hub = room or self.info.get("External-Identifier") or "", bool(hub) and hub == self.key
        for raw in self.notes:
            try:
                n = Note(raw, room, [self.key] if members is None else members)
                if tree.roots.get(n.size) != n.root: raise Tampered("the log is not the one of a checkpoint")
                end = n if n.size == tree.size else end
            except Tampered as t: self.bad.append(str(t))
        if end is None or not end.by: self.bad.append("nobody who is known here signed the length and root")
        else:
            if hub and hub not in end.by: self.less.append("the hub did not sign that the log ends here")
            self.standing(end, tree.roots, self.key in end.by)
        profile = self.info.get("Warroom-Profile")
        if profile not in ("leadership", "compliance", "regulator", "customer", "public"):
            self.bad.append("its profile is not known")
        self.beside(room, tree.size, tree.roots.get(tree.size, sha()), "-%s" % profile)

    def check_entry(self):
        head, _, note = self.files.get("data/proof.txt", b"").partition(b"\n\n")
        m = re.match(r"warroom/proof/v1\nleaf (0|[1-9]\d*)((?:\n[^\n]*)*)\Z", head.decode("latin-1"))
        path = [b64(l, 32) for l in m.group(2).split("\n")[1:]] if m else []
        if not m or None in path or len(self.lines) != 1 or not note:
            raise Tampered("proof.txt or entry.jsonl is not written as a proof is")
        one, index = self.lines[0], int(m.group(1))
        e, fault = one.event()
        if fault: raise Tampered("the entry does not verify: " + fault)
        if e.unread: self.less.append("the entry is of form %d" % e.v); return
        if e.twice: self.less.append("the entry has a member twice")
        n = Note(note, e.room, [self.key])
        if path_root(one.leaf, index, n.size, path) != n.root:
            raise Tampered("the entry is not in the log of the checkpoint")
        self.is_hub = index == 0 and e.kind in BEGINS and e.body.get("hub_key") == self.key
        self.standing(n, {n.size: n.root}, bool(n.by))
        self.beside(e.room, n.size, n.root, "-entry-%d" % one.seq)

    def standing(self, n, roots, signed):
        """Compares a checkpoint with the pin and the witnesses that were asked for."""
        try:
            room, size, root = pinned(self.o.pin) if self.o.pin is not None else (n.room, -1, None)
            if room != n.room or size >= 0 and roots.get(size, root if self.kind == "entry" else None) != root:
                self.bad.append("the pin is of another log")
            elif self.o.pin is not None and size not in roots: self.less.append("the pin has another length")
            signed = signed or size in roots
        except Tampered: self.bad.append("the pin is of another log")
        if not signed: self.less.append("the signer did not sign the length and root")
        if len(n.seen) < self.o.witness: self.less.append("fewer than %d people cosigned it" % self.o.witness)

def pin_note(raw, room, keys):
    try: n = Note(raw.replace(b"\r\n", b"\n"), room, keys)
    except Tampered: return None
    return n if n.by else None

def leaf(raw):
    """A line of part.jsonl: sequence, leaf hash, and the message if it is shown."""
    m = re.match(rb'\{"seq":(0|[1-9]\d*),"leaf":"([A-Za-z0-9+/=]{44})"\}\Z', raw)
    one = None if m else Message(raw)
    seq, hashed = (int(m.group(1)), b64(m.group(2).decode(), 32)) if m else (one.seq, one.leaf)
    if hashed is None or one and not one.is_leaf: raise Tampered("a line of part.jsonl is not a leaf of the log")
    return seq, hashed, one

def path_root(node, index, size, path):
    """The root to which an audit path leads (RFC 6962, section 2.1.1), or None if it does not fit."""
    last, path = size - 1, list(path)
    if not 0 <= index < size: return None
    while last:
        if index & 1 or index < last:
            if not path: return None
            node = sha(b"\1", path.pop(0), node) if index & 1 else sha(b"\1", node, path.pop(0))
        index, last = index >> 1, last >> 1
    return node if not path else None

def run(path, options):
    """Checks one bag and returns the exit code and what was found."""
    try:
        if os.path.isdir(path): files, base = unpacked(path)
        else:
            with open(path, "rb") as f: files, base = unzip(f.read())
        c = Check(files, base, options)
    except Tampered as t: return 4, ["BAD   %s" % t]
    except Exception as t: return 1, ["it is not a record that can be read: %s: %s" % (type(t).__name__, t)]
    found = ("BAD   ", c.bad), ("less  ", c.less), ("ok    ", c.good), ("open  ", c.open)
    return 4 if c.bad else 6 if c.less else 0, [tag + s for tag, sentences in found for s in sentences]

def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("path")
    args.add_argument("--pin", type=lambda name: open(name, "rb").read())
    args.add_argument("--key")
    args.add_argument("--witness", type=int, default=0)
    options = args.parse_args()
    code, lines = run(options.path, options)
    for line in lines: print(line.encode("unicode_escape").decode())
    sys.exit(code)

if __name__ == "__main__":
    main()
