package feed_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/seal"
)

// crafted is a message that no warroom makes.
func crafted(k ed25519.PrivateKey, key, room, id, kind, handle, body string) (payload []byte, sig string) {
	payload = fmt.Appendf(nil, `{"v":1,"room":%q,"id":%q,"key":%q,"n":1,"prev":"","kind":%q,"at":%q,"by":%q,"via":"tui","body":%s}`, room, id, key, kind, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), handle, body)
	return payload, seal.Sign(k, payload)
}

// TestCraftedDeclarations: the first message of a room that a login sends is taken as
// a declaration of this hub alone. Otherwise a login used up numbers of rooms, had the
// hub try for long, and spoke as the hub of a room in which others are.
func TestCraftedDeclarations(t *testing.T) {
	x := newTeam(t)
	raw := rawLogin(t, x.file(feed.Invite{Handle: "bo", Right: model.Write}), "bo")
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	own := seal.KeyText(pub)
	who, err := raw.Request(hubapi.Ask(hubapi.VerbWho, "bo"), nil, feedtest.Patience)
	must(t, err)
	broken := own[:20] + "\r\n" + own[20:]
	for _, c := range []struct{ name, key, hub, breakSig string }{
		{"a key with a line end", broken, string(who.Data), ""},
		{"a signature with a line end", own, string(who.Data), "\r\n"},
		{"a hub of the author's own", own, own, ""},
		{"no hub", own, "", ""},
	} {
		payload, sig := crafted(priv, c.key, "01M8JZNH28SVCJME0K4FZVDY36", "01M8JZNH28KX3G9JYGBPYSB5Y1", "incident.declared", "bo", fmt.Sprintf(`{"title":"crafted","severity":"SEV-1","hub_key":%q}`, c.hub))
		body, err := json.Marshal(map[string]any{"short": "inc-1", "key": c.key, "sig": sig[:9] + c.breakSig + sig[9:], "data": payload})
		must(t, err)
		m, err := raw.Request(hubapi.Ask(hubapi.VerbCreate, "bo"), body, feedtest.Patience)
		if err != nil {
			t.Errorf("%s: got no answer (%v), want a refusal", c.name, err)
		} else if !strings.Contains(string(m.Data), `"why":"invalid"`) {
			t.Errorf("%s: got %s, want a refusal", c.name, m.Data)
		}
	}
	if rooms, err := x.host.List(soon(t)); err != nil || len(rooms) != 0 {
		t.Errorf("got the rooms %v, %v; want none", rooms, err)
	}
}
