package hubapi

import (
	"strings"

	"github.com/nats-io/nats.go"
)

// The beginning of subjects and of names of streams.
const (
	Root       = "warroom."
	hubRoot    = Root + "hub."
	StreamRoot = "WARROOM_"
)

// The third token of a room's subject says what goes over it:
// warroom.ROOM.LANE.HANDLE.KEY.
const (
	LaneLog  = "log"  // events, stored
	LaneGone = "gone" // tombstones, stored; the hub's alone
	LaneSeal = "seal" // checkpoints and cosignatures, stored
	LaneBlob = "blob" // evidence, stored
	LaneLive = "live" // what was stored in log and seal, again
	LaneHere = "here" // presence
	LaneDoor = "door" // a key of the hub's own machine asks to be admitted
	LaneGate = "gate" // a key of a login asks to be admitted: warroom.ROOM.gate.RIGHT.HANDLE.KEY
)

// private begins the lanes of a restricted room in place of live, here, door and
// gate. No login may subscribe to them.
const private = "private-"

// Private returns the lane that a restricted room uses in place of another.
func Private(lane string) string { return private + lane }

// What logins ask of the hub: the third token of such a subject. The fourth is the
// handle of who asks.
const (
	VerbWho      = "who"      // the hub's public key
	VerbHow      = "how"      // the hub's health
	VerbList     = "list"     // the rooms that the asker may see
	VerbCreate   = "create"   // a room, with its first message
	VerbEvidence = "evidence" // the store for a room's evidence
	VerbAccess   = "access"   // wait until a change of access is enforced
	VerbGet      = "get"
	VerbRaw      = "raw"
	VerbTip      = "tip"
	VerbPut      = "put"
	VerbHere     = "presence"
	VerbJoin     = "join"

	// What terminals of warroom 0.1 ask. The answer is that a newer one is needed.
	VerbOldRooms = "rooms"
	VerbOldMake  = "make"
	VerbOldStore = "store"
)

// Health is the subject on which the hub reports its health to everybody.
const Health = hubRoot + "told"

// Queue is the queue group of the services that answer for one server.
const Queue = "hub"

// Ask returns the subject of a question: of a verb, by a handle, about the rest.
func Ask(verb, handle string, about ...string) string {
	return hubRoot + strings.Join(append([]string{verb, handle}, about...), ".")
}

// Stream returns the name of the stream that has a lane of a room; "" for a lane
// that is not stored.
func Stream(room, lane string) string {
	switch lane {
	case LaneLog, LaneGone:
		return StreamRoot + room
	case LaneSeal:
		return StreamRoot + room + "_SEAL"
	case LaneBlob:
		return StreamRoot + room + "_BLOB"
	}
	return ""
}

// Inbox begins the subjects on which a handle receives answers.
func Inbox(handle string) string { return "_INBOX_" + handle }

// relayed is the second token of inbox subjects on which a restricted room is
// relayed. No answer may be asked for there.
const relayed = "room"

// Relayed returns the subject on which a reader of a restricted room receives what
// goes over a lane: rest are the tokens behind the lane.
func Relayed(reader, room, lane, rest string) string {
	return Inbox(reader) + "." + relayed + "." + room + "." + lane + "." + rest
}

// Plain returns the subject that a message of a room has where the room is not
// restricted: of a private lane, and of what was relayed. All other subjects are
// returned as they are.
func Plain(subject string) string {
	if rest, ok := strings.CutPrefix(subject, "_INBOX_"); ok {
		if _, room, ok := strings.Cut(rest, "."+relayed+"."); ok {
			return Root + room
		}
		return subject
	}
	if !strings.Contains(subject, "."+private) {
		return subject
	}
	t := strings.SplitN(subject, ".", 4)
	if len(t) == 4 {
		t[2] = strings.TrimPrefix(t[2], private)
	}
	return strings.Join(t, ".")
}

// Answerable reports whether the answer to a question may be published: its reply
// is a literal subject below the asker's own inbox. The server lets a client name
// any reply, and whoever answers there says what the asker may not.
func Answerable(m *nats.Msg, handle string) bool {
	rest, ok := strings.CutPrefix(m.Reply, Inbox(handle)+".")
	return ok && len(rest) <= 128 && literal(rest) && !strings.HasPrefix(rest, relayed+".")
}

// literal reports whether s is one or more tokens of letters, digits, _ and -. A
// server lets a client publish to "*" and ">" as if they were names.
func literal(s string) bool {
	for t := range strings.SplitSeq(s, ".") {
		if !token(t) {
			return false
		}
	}
	return true
}

// token reports whether s is one token of a subject.
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

// room reports whether s can be the short id of a room.
func room(s string) bool { return token(s) && len(s) <= 64 && s == strings.ToLower(s) }

// Question takes the subject of a question that names nothing behind the handle
// apart.
func Question(subject string) (verb, handle string, ok bool) {
	t := strings.Split(strings.TrimPrefix(subject, hubRoot), ".")
	if len(t) != 2 || !strings.HasPrefix(subject, hubRoot) {
		return "", "", false
	}
	return t[0], t[1], true
}

// PlainQuestions are the subjects of the questions whose subject ends with the
// handle, for every handle. Package feed answers them.
func PlainQuestions() (out []string) {
	for _, v := range []string{VerbList, VerbCreate, VerbEvidence, VerbAccess, VerbOldRooms, VerbOldMake, VerbOldStore} {
		out = append(out, Ask(v, "*"))
	}
	return out
}
