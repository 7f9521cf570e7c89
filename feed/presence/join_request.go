package presence

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"

	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// JoinRequest is the body of a join request. It proves possession of the key in the
// subject.
type JoinRequest struct {
	Room string `json:"room"`
	Sig  []byte `json:"sig"`
}

// JoinRequestText returns the bytes that a key signs in a join request.
func JoinRequestText(room, handle, key string) []byte {
	return fmt.Appendf(nil, "warroom/door/v1\n%s\n%s\n%s", room, handle, key)
}

// Visitor is a verified join request: a key and the room it asks to join.
type Visitor struct {
	Short, Room, Handle, Key string
	Right                    model.Right // right of the login, which the server has checked; "" for a local process
}

// ReadJoinRequest decodes and verifies a join request. It rejects a message with headers:
// such a message comes from JetStream, which could republish what a login has stored on a
// subject that the login may not use.
func ReadJoinRequest(m *nats.Msg) (v Visitor, ok bool) {
	v.Short, v.Right, v.Handle, v.Key, ok = subjects.ParseJoin(m.Subject)
	var k JoinRequest
	in := json.NewDecoder(bytes.NewReader(m.Data))
	in.DisallowUnknownFields()
	if !ok || len(m.Header) > 0 || len(m.Data) > 1024 || in.Decode(&k) != nil || subjects.CheckHandle(v.Handle) != nil {
		return Visitor{}, false
	}
	pub, err := signing.ParseKey(v.Key)
	if err != nil || !ed25519.Verify(pub, JoinRequestText(k.Room, v.Handle, v.Key), k.Sig) {
		return Visitor{}, false
	}
	v.Room = k.Room
	return v, true
}
