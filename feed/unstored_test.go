package feed_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
)

// TestRestrictionThatIsNotStored: a login with command sends restrictions that the log
// refuses, or that have no effect. Everybody sees the room as before.
func TestRestrictionThatIsNotStored(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	cy := x.comes("cy", model.Command)
	s := feedtest.Enter(t, cy, short)
	feedtest.Append(t, s, "here")
	eve := rawLogin(t, x.file(feed.Invite{Handle: "eve", Right: model.Write}), "eve")
	for name, header := range map[string]nats.Header{
		"refused by the server": {jetstream.ExpectedLastSubjSeqHeader: {"99999"}},
		"not signed":            {},
	} {
		raw, err := json.Marshal(map[string]any{"v": 1, "room": s.RoomID(), "id": "01KBWQZZZZZZZZZZZZZZZZZZZZ",
			"key": s.Who().Key, "n": 99, "prev": "", "kind": model.KindRoomRestricted,
			"at": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "by": "cy", "via": "tui",
			"body": map[string]any{"mode": model.RestrictTo, "handles": []string{"cy"}, "reason": "x"}})
		must(t, err)
		m := &nats.Msg{Subject: hubapi.Ask(hubapi.VerbPut, "cy", short, hubapi.SubjectLog, s.Who().Key), Data: raw,
			Header: header}
		answer, err := cy.Conn().RequestMsg(m, feedtest.DefaultTimeout)
		must(t, err)
		if got := fmt.Sprint(hubapi.Refused(answer)); got != "<nil>" || len(answer.Data) == 0 {
			t.Errorf("%s: got the answer %q, %s, want the server's own", name, answer.Data, got)
		}
		wait(t, name+": eve sees the room again", func() bool { return probe(t, eve, "eve", short) })
	}
}
