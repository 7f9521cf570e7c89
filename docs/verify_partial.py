"""Check a partial export or an entry proof for verify.py, which runs this file.

Numbers in brackets are sections of protocol.md."""

import re

from verify import Message, decode64, encode64, read_note, require, sha256, tree

OPENING = ("incident.declared", "lobby.opened")
PROFILES = ("leadership", "compliance", "regulator", "customer", "public")

def hub_of(event):
    """Returns the key of the hub that a message names if it opens a room, or "" (5)."""
    key = event.body.get("hub_key") if event.kind in OPENING and type(event.body) is dict else ""
    is_author = event.kind == OPENING[0] and key == event.key
    return key if type(key) is str and not is_author else ""

def read_leaf(line):
    """Returns sequence, leaf and event of a line of part.jsonl; no event if it is hidden (9)."""
    hidden = re.fullmatch(rb'\{"seq":(0|[1-9][0-9]*),"leaf":"([^"]{44})"\}\n', line)
    if hidden:
        leaf = decode64(hidden[2].decode(), 32)
        require(leaf, "a leaf hash cannot be read")
        return int(hidden[1]), leaf, None
    message = Message(line)
    fault = "" if message.on_log else "not an entry"
    fault = fault or message.event.fault
    require(not fault, f"entry {message.seq}: {fault}", 6 if fault == "newer" else 4)
    return message.seq, message.event.leaf, message.event

def check_subset(bag):
    """Checks the messages that a profile shows, and the checkpoint over all leaves (11)."""
    leaves, last, room, chains, members, hub = [], 0, "", {}, None, ""
    for seq, leaf, event in map(read_leaf, bag.lines):
        require(seq > last, f"entry {seq} does not come after entry {last}")
        last = seq
        leaves.append((leaf,))
        if not event:
            continue
        room, body = room or event.room, event.body if type(event.body) is dict else {}
        number, prev = chains.get(event.key, (0, event.prev))
        chains[event.key] = event.n, encode64(leaf)
        require(event.room == room and event.n > number
                and (event.n > number + 1 or event.prev == prev), f"entry {seq} is out of order")
        if len(leaves) == 1 and event.kind in OPENING:
            hub = hub_of(event)
            members = {hub: "hub", event.key: event.by}
        require(members is None or members.get(event.key) == event.by,
                f"the author of entry {seq} is not a member")
        if members and event.kind == "key.admitted" and type(body.get("key")) is str:
            members.setdefault(body["key"], body.get("handle"))
    room, size, root = room or bag.info["External-Identifier"], len(leaves), tree(leaves)
    notes = [read_note(raw, room, members or [bag.key]) for raw in bag.notes]
    require(any(note.size == size for note in notes), "no checkpoint covers the log")
    for note in notes:
        require(root(note.size) == note.root, "the log is not the one of a checkpoint")
        if note.size == size:
            require(note.signers, "no key that is known here signed the length and root")
            bag.need(not hub or hub in note.signers, "the hub did not sign the end of the log")
            check_note(bag, note, root)
    profile = bag.info["Warroom-Profile"]
    require(profile in PROFILES, "its profile is not known")
    bag.check_info(room, size, root(size), "-" + profile, hub == bag.key)

def root_of_path(leaf, index, size, path):
    """Returns the root to which an audit path leads (RFC 6962, section 2.1.1)."""
    if size == 1:
        require(index == 0 and not path, "the audit path has another length")
        return leaf
    middle, last = 1 << (size - 1).bit_length() - 1, path[-1]
    if index < middle:
        return sha256(b"\1", root_of_path(leaf, index, middle, path[:-1]), last)
    return sha256(b"\1", last, root_of_path(leaf, index - middle, size - middle, path[:-1]))

def check_entry(bag):
    """Checks one message and the audit path to a checkpoint (11)."""
    head, _, raw = bag.data["proof.txt"].decode().partition("\n\n")
    proof = re.fullmatch(r"warroom/proof/v1\nleaf (0|[1-9][0-9]*)((?:\n[^\n]*)*)", head)
    index, path = int(proof[1]), [decode64(line, 32) for line in proof[2].split("\n")[1:]]
    seq, leaf, event = read_leaf(*bag.lines)
    note = read_note(raw.encode(), event.room, [bag.key])
    require(all(path) and root_of_path(leaf, index, note.size, path) == note.root,
            "the entry is not in the log of the checkpoint")
    check_note(bag, note, {note.size: note.root}.get)
    by_hub = index == 0 and hub_of(event) == bag.key
    bag.check_info(event.room, note.size, note.root, f"-entry-{seq}", by_hub)

def check_note(bag, note, root):
    """Compares the checkpoint of a partial export or entry with the pin and witnesses (11)."""
    pin = bag.pin or note
    comparable = bag.kind == "part" or root(pin.size)
    require(pin.room == note.room and (root(pin.size) == pin.root or not comparable),
            "it does not agree with the pin")
    bag.need(comparable, "the pin has another length")
    bag.need(note.signers or bag.pin and comparable, "the signer did not sign the length and root")
    bag.need(len(note.seen) >= bag.witness, "too few people cosigned it")

def check_partial(bag):
    {"part": check_subset, "entry": check_entry}[bag.kind](bag)
