// Package subjects has the names of a room in NATS: its streams and subjects, and the
// short ids and handles in them.
package subjects

import (
	"crypto/rand"
	"math/big"
	"strconv"
	"strings"

	"warroom/feed/hubapi"
	"warroom/model"
)

// The names of a room on its hub, see docs/protocol.md. HubHandle is the handle of the
// hub itself.
const (
	Root       = hubapi.Root
	StreamRoot = hubapi.StreamRoot
	AnyLog     = "warroom.*.log.>"
	HubHandle  = "hub"
)

// The third token of a subject is its kind.
const (
	Log         = hubapi.SubjectLog
	Tombstones  = hubapi.SubjectTombstones
	Live        = hubapi.SubjectLive
	Presence    = hubapi.SubjectPresence
	LocalJoin   = hubapi.SubjectLocalJoin
	LoginJoin   = hubapi.SubjectLoginJoin
	Checkpoints = hubapi.SubjectCheckpoints
	Blob        = hubapi.SubjectBlob
)

// CheckpointsEnd is the suffix of the name of a checkpoint stream. Checkpoints and
// cosignatures are not leaves of the log.
const CheckpointsEnd = "_SEAL"

// BlobEnd is the suffix of the name of an evidence stream. Its messages have subjects of
// the form warroom.<room>.blob.<handle>.<blob> and are not leaves of the log.
const BlobEnd = "_BLOB"

// Stream returns the name of the stream of a room.
func Stream(short string) string { return StreamRoot + short }

// Of returns the subject of one key. Wildcards are allowed for handle and key.
func Of(short, what, handle, key string) string {
	return Root + short + "." + what + "." + handle + "." + key
}

// All returns the subject of all handles and keys.
func All(short, what string) string { return Root + short + "." + what + ".>" }

// Parse splits a subject, also a private one of a restricted room. The subject must come
// from the server, not from a header that a publisher set.
func Parse(subject string) (short, what, handle, key string, ok bool) {
	t := strings.Split(hubapi.Plain(subject), ".")
	if len(t) != 5 || t[0]+"." != Root {
		return "", "", "", "", false
	}
	return t[1], t[2], t[3], t[4], true
}

// JoinOf returns the subject of a join request by a login. The server lets a login use it
// only with its own right and handle.
func JoinOf(short, subjectKind string, r model.Right, handle, key string) string {
	return Root + short + "." + subjectKind + "." + string(r) + "." + handle + "." + key
}

// Author returns the handle and key in a subject; event reports whether it is a log
// subject. A subject with another number of tokens has no author, so a message stored
// there does not verify.
func Author(subject string) (handle, key string, event bool) {
	if _, what, handle, key, ok := Parse(subject); ok {
		return handle, key, what == Log
	}
	t := strings.SplitN(subject, ".", 4)
	return "", "", len(t) > 2 && t[2] == Log
}

// CheckShort returns [model.NotFound] if s cannot be the short id of a room, so that user
// input never becomes a wildcard.
func CheckShort(s string) error {
	ok := len(s) > 0 && len(s) <= 64
	for i := range len(s) {
		c := s[i]
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}
	if ok {
		return nil
	}
	return model.NoRoom(s)
}

// Numbered returns the short id with a number.
func Numbered(n int) string { return "inc-" + strconv.Itoa(n) }

// letters are those of a short id without a number. Without vowels they form no words.
const letters = "bcdfghjkmnpqrstvwxz"

// Unnumbered returns a random short id with six letters instead of a number. Rooms that
// are declared restricted have one: a missing number would reveal that there is a room,
// and a number could be guessed.
func Unnumbered() string {
	id := []byte("inc-")
	for range 6 {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil { // crypto/rand does not return errors since Go 1.24
			panic(err)
		}
		id = append(id, letters[n.Int64()])
	}
	return string(id)
}

// NewShort returns a short id for a new room: that with number n, or a random one for a
// restricted room.
func NewShort(n int, restricted bool) string {
	if restricted {
		return Unnumbered()
	}
	return Numbered(n)
}

// IsUnnumbered reports whether a short id has the form of [Unnumbered].
func IsUnnumbered(short string) bool {
	id, ok := strings.CutPrefix(short, "inc-")
	return ok && len(id) == 6 && strings.Trim(id, letters) == ""
}

// NumberOf returns the number in a short id, or 0 if it has none.
func NumberOf(short string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(short, "inc-"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// SplitName splits a name as package jetlog uses it: a short id, followed by the suffix
// of the stream unless it is the log.
func SplitName(name string) (short, subjectKind string) {
	if s, ok := strings.CutSuffix(name, CheckpointsEnd); ok {
		return s, Checkpoints
	}
	if s, ok := strings.CutSuffix(name, BlobEnd); ok {
		return s, Blob
	}
	return name, Log
}

// CheckHandle returns [model.Invalid] if s cannot be a handle in a subject.
func CheckHandle(s string) error {
	if s == HubHandle {
		return model.Refuse(model.Invalid, "hub is the name of the hub itself; choose another handle with --as")
	}
	if model.ValidHandle(s) {
		return nil
	}
	return model.Refuse(model.Invalid, "%q cannot be a handle: use 1 to 32 characters from a-z 0-9 _ -, for example "+
		"--as ana",
		s)
}

// ParseJoin splits the subject of a join request.
func ParseJoin(subject string) (short string, right model.Right, handle, key string, ok bool) {
	if short, what, handle, key, ok := Parse(subject); ok {
		return short, "", handle, key, what == LocalJoin
	}
	t := strings.Split(hubapi.Plain(subject), ".")
	if len(t) != 6 || t[0]+"." != Root || t[2] != LoginJoin {
		return "", "", "", "", false
	}
	right = model.Right(t[3])
	return t[1], right, t[4], t[5], right.Valid()
}
