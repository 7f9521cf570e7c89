package hubapi

import (
	"strings"

	"github.com/nats-io/nats.go"
)

// The prefixes of subjects and of stream names.
const (
	Root       = "warroom."
	hubRoot    = Root + "hub."
	StreamRoot = "WARROOM_"
)

// The kinds of messages in a room, LANE in its subjects: warroom.ROOM.LANE.HANDLE.KEY.
const (
	SubjectLog         = "log"  // events, stored
	SubjectTombstones  = "gone" // tombstones, stored; only by the hub
	SubjectCheckpoints = "seal" // checkpoints and cosignatures, stored
	SubjectBlob        = "blob" // evidence, stored
	SubjectLive        = "live" // republished messages of log and seal
	SubjectPresence    = "here" // presence
	SubjectLocalJoin   = "door" // join request of a key on the hub's own machine
	SubjectLoginJoin   = "gate" // join request of a login: warroom.ROOM.gate.RIGHT.HANDLE.KEY
)

// private is the prefix of the subject kinds that a restricted room uses instead of live,
// here, door and gate. No login may subscribe to them.
const private = "private-"

// Private returns the kind of subject that a restricted room uses instead of another.
func Private(subjectKind string) string { return private + subjectKind }

// The verbs of requests to the hub: the third token of the subject. The fourth is the
// handle of the requester.
const (
	VerbWho      = "who"      // the hub's public key
	VerbHealth   = "how"      // the hub's health
	VerbList     = "list"     // the rooms that the requester may see
	VerbCreate   = "create"   // create a room, with its first message
	VerbEvidence = "evidence" // create the store for a room's evidence
	VerbIndex    = "index"    // rows of all rooms, for processes on the hub's own machine; no login may send it
	VerbAccess   = "access"   // wait until a change of access is enforced
	VerbExport   = "export"   // record an export by somebody who may not write
	VerbGet      = "get"
	VerbRaw      = "raw"
	VerbTip      = "tip"
	VerbPut      = "put"
	VerbHere     = "presence"
	VerbJoin     = "join"

	// Verbs of terminals of warroom 0.1. The answer is that a newer version is needed.
	VerbOldRooms = "rooms"
	VerbOldMake  = "make"
	VerbOldStore = "store"
)

// Health is the subject on which the hub publishes its health.
const Health = hubRoot + "told"

// Queue is the queue group of the services that answer for one server.
const Queue = "hub"

// Ask returns the subject of a request: the verb, the handle, and further tokens.
func Ask(verb, handle string, about ...string) string {
	return hubRoot + strings.Join(append([]string{verb, handle}, about...), ".")
}

// Stream returns the name of the stream that stores a kind of subject of a room, or "" if
// that kind is not stored.
func Stream(room, subjectKind string) string {
	switch subjectKind {
	case SubjectLog, SubjectTombstones:
		return StreamRoot + room
	case SubjectCheckpoints:
		return StreamRoot + room + "_SEAL"
	case SubjectBlob:
		return StreamRoot + room + "_BLOB"
	}
	return ""
}

// Inbox returns the prefix of the subjects on which a handle receives answers.
func Inbox(handle string) string { return "_INBOX_" + handle }

// relayed is the second token of the inbox subjects to which a restricted room is relayed.
// They cannot be reply subjects.
const relayed = "room"

// Relayed returns the subject on which a reader of a restricted room receives a message;
// rest are the tokens after the kind of subject.
func Relayed(reader, room, subjectKind, rest string) string {
	return Inbox(reader) + "." + relayed + "." + room + "." + subjectKind + "." + rest
}

// Plain returns the subject that a message would have if its room were not restricted: for
// a private subject, and for one to which it was relayed. All other subjects are returned
// unchanged.
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

// Answerable reports whether a request may be answered: its reply subject is a literal
// subject below the requester's own inbox. The server lets a client name any reply subject,
// and an answer is published with permissions that the client may not have.
func Answerable(m *nats.Msg, handle string) bool {
	rest, ok := strings.CutPrefix(m.Reply, Inbox(handle)+".")
	return ok && len(rest) <= 128 && literal(rest) && !strings.HasPrefix(rest, relayed+".")
}

// literal reports whether s consists of tokens of letters, digits, _ and -. A server lets a
// client publish to "*" and ">" as if they were names.
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

// Question parses the subject of a request that has nothing after the handle.
func Question(subject string) (verb, handle string, ok bool) {
	t := strings.Split(strings.TrimPrefix(subject, hubRoot), ".")
	if len(t) != 2 || !strings.HasPrefix(subject, hubRoot) {
		return "", "", false
	}
	return t[0], t[1], true
}

// PlainQuestions returns the subjects of the requests that end with the handle, for all
// handles. Package feed answers them.
func PlainQuestions() (out []string) {
	for _, v := range []string{VerbList, VerbCreate, VerbEvidence, VerbAccess, VerbExport, VerbOldRooms,
		VerbOldMake, VerbOldStore} {
		out = append(out, Ask(v, "*"))
	}
	return out
}
