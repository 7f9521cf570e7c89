"""Check a partial export or an entry proof that was unpacked: python3 verify_partial.py DIRECTORY

Numbers in brackets are sections of protocol.md. Options and exit codes are those of verify.py."""

import re, sys

try:
    from verify import Message, main, usual
except ImportError as missing:
    print(f"not checked: {missing}. Needed: verify.py beside this file", file=sys.stderr)
    sys.exit(2)
from verify_formats import decode64, encode64, read_note, require, sha256, tree

PROFILES = ("leadership", "compliance", "regulator", "customer", "public")

def hub_of(event):
    """Returns the key of the hub that the message that declares an incident names, or "" (5)."""
    key = event.body.get("hub_key", "") if event.kind == "incident.declared" else ""
    return "" if key == event.key else key

def read_leaf(line):
    """Returns sequence, leaf and event of a line of part.jsonl; no event if it is hidden (9)."""
    hidden = re.fullmatch('{"seq":(0|[1-9][0-9]*),"leaf":"([^"]{44})"}', line)
    if hidden:
        leaf = decode64(hidden[2])
        require(leaf, "a leaf hash cannot be read")
        return int(hidden[1]), leaf, None
    m = Message(line)
    require(m.on_log and m.is_signed, f"entry {m.seq} is not authentic")
    usual(m.event, f"entry {m.seq} has an unusual form")
    require((m.event.by, m.event.key) == (m.by, m.key), f"entry {m.seq} is not authentic")
    return m.seq, m.leaf, m.event

def check_subset(bag, pin, witness):
    """Checks the messages that a profile shows, and the checkpoint over all leaves (11)."""
    leaves, last, room, chains, members, hub = [], 0, "", {}, None, ""
    for seq, leaf, event in map(read_leaf, bag.lines):
        require(seq > last, f"entry {seq} does not come after entry {last}")
        last = seq
        leaves.append(leaf)
        if not event:
            continue
        room = room or event.room
        number, prev = chains.get(event.key, (0, event.prev))
        chains[event.key] = event.n, encode64(leaf)
        require(event.room == room and event.n > number
                and (event.n > number + 1 or event.prev == prev), f"entry {seq} is out of order")
        usual(event.kind != "lobby.opened", "the room is not an incident")
        if len(leaves) == 1 and event.kind == "incident.declared":
            hub = hub_of(event)
            members = {hub: "hub", event.key: event.by}
        require(members is None or members.get(event.key) == event.by,
                f"the author of entry {seq} is not a member")
        if members and event.kind == "key.admitted":
            members.setdefault(event.body["key"], event.body.get("handle"))
    room, size, root = room or bag.info["External-Identifier"], len(leaves), tree(leaves)
    notes = [read_note(raw, room, members or [bag.key]) for raw in bag.notes]
    require(any(note.size == size for note in notes), "no checkpoint covers the log")
    for note in notes:
        require(root(note.size) == note.root, "the log is not the one of a checkpoint")
        if note.size == size:
            require(note.signers, "no key that is known here signed the length and root")
            bag.need(not hub or hub in note.signers, "the hub did not sign the end of the log")
            pin_note = pin and read_note(pin, room, [bag.key])
            check_note(bag, note, root, pin_note, witness, members or {})
    require(bag.info["Warroom-Profile"] in PROFILES, "its profile is not known")
    bag.check_info(room, size, root(size))
    return hub

def root_of_path(leaf, index, size, path):
    """Returns the root to which an audit path leads (RFC 6962, section 2.1.1)."""
    if size == 1:
        require(index == 0 and not path, "the audit path has another length")
        return leaf
    middle, last = 1 << (size - 1).bit_length() - 1, path[-1]
    if index < middle:
        return sha256(b"\1", root_of_path(leaf, index, middle, path[:-1]), last)
    return sha256(b"\1", last, root_of_path(leaf, index - middle, size - middle, path[:-1]))

def check_entry(bag, pin, witness):
    """Checks one message and the audit path to a checkpoint (11)."""
    head, _, raw = bag.data["proof.txt"].decode().partition("\n\n")
    proof = re.fullmatch(r"warroom/proof/v1\nleaf (0|[1-9][0-9]*)((?:\n[^\n]*)*)", head)
    index, path = int(proof[1]), [decode64(line) for line in proof[2].split("\n")[1:]]
    _, leaf, event = read_leaf(*bag.lines)
    note = read_note(raw.encode(), event.room, [bag.key])
    require(all(len(step) == 32 for step in path)
            and root_of_path(leaf, index, note.size, path) == note.root,
            "the entry is not in the log of the checkpoint")
    pin = pin and read_note(pin, event.room, [bag.key])
    check_note(bag, note, {note.size: note.root}.get, pin, witness, {})
    bag.check_info(event.room, note.size, note.root)
    return hub_of(event) if index == 0 else ""

def check_note(bag, note, root, pin, witness, members):
    """Compares the checkpoint of a partial export or entry with the pin and witnesses (11)."""
    comparable = not pin or bag.kind == "part" or pin.size == note.size
    require(not pin or not comparable or root(pin.size) == pin.root,
            "it does not agree with the pin")
    bag.need(comparable, "the pin has another length")
    bag.need(note.signers or pin and comparable, "the signer did not sign the length and root")
    people = {handle for handle, by, _ in note.seen if members.get(by) == handle != "hub"}
    bag.need(len(people) >= witness, "too few people cosigned it whose keys it shows")
    bag.is_known |= bool(pin and pin.signers)

def check_partial(bag, pin, witness):
    """Checks a partial export or an entry, and whether its signer is known (11)."""
    hub = {"part": check_subset, "entry": check_entry}[bag.kind](bag, pin, witness)
    bag.need(bag.is_known or hub == bag.key, f"{bag.fingerprint} is not known to be the hub's key")
    return [f"signed by {bag.fingerprint}"]

if __name__ == "__main__":
    main(check_partial)
