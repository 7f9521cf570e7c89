package model_test

import (
	"fmt"
	"strings"
	"testing"

	"warroom/model"
)

func TestChannelIsJudged(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	if k.room.ChannelCut("slack") || k.room.ChannelUntrusted("slack") {
		t.Fatal("a channel is trusted until somebody says otherwise")
	}
	k.mustType("ana", ":channel Slack suspected a stranger's message")
	if k.room.ChannelCut("slack") || !k.room.ChannelUntrusted("slack") {
		t.Error("suspected is doubted and not cut")
	}
	k.mustType("ana", ":channel slack compromised because the attacker reads it")
	if !k.room.ChannelCut("SLACK") || k.room.ChannelCut("mail") {
		t.Errorf("cut are %v", k.room.CutChannels())
	}
	if got := k.room.Line(k.room.Seq).Text.String(); got !=
		"slack is COMPROMISED and no longer used in either direction; talk elsewhere: because the attacker reads it" {
		t.Errorf("the line is %q", got)
	}
	k.refused("ana", ":channel slack compromised again",
		"slack is already compromised, since 2026-11-21 14:00:00 UTC by ana")
	k.mustType("ana", ":channel slack trusted tokens are new, sessions ended")
	if got := k.room.Line(k.room.Seq).Text.String(); k.room.ChannelCut("slack") ||
		!strings.HasPrefix(got, "slack is trusted and used again") {
		t.Errorf("the line is %q", got)
	}
	if n := len(k.room.Channels); n != 1 {
		t.Errorf("%d channels, want the one", n)
	}
}

func TestWhoMayJudgeChannels(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.refused("bo", ":channel vpn compromised x",
		"bo may not do that (judging channels); it needs the right \"command\" or one of these roles: Incident "+
			"Commander, Security Lead")
	k.mustType("ana", ":role security-lead @bo")
	k.mustType("bo", ":channel vpn compromised x")
	k.refused("bo", ":channel", "give a channel and its state: :channel slack compromised REASON")
	k.refused("bo", ":channel mail", "give the state of mail: trusted, suspected or compromised")
	k.refused("bo", ":channel mail broken x", `a channel is trusted, suspected or compromised, not "broken"`)
	k.refused("bo", ":channel mail compromised", "give a reason: :channel mail compromised REASON")
	k.refused("bo", ":channel ma/il compromised x",
		`"ma/il" is not the name of a channel; write one word from a-z 0-9 . _ -, such as slack, mail or vpn`)
	if h := model.HintOf(":channel mail compromised x", k.ctx("bo")); !strings.HasPrefix(h.Impact.String(),
		"cuts mail off at once") {
		t.Errorf("the toll is %q", h.Impact)
	}
}

// TestOverAnUntrustedChannel: a line that arrives over a suspected channel is
// marked, over a compromised one refused, by the order of the log. People who write
// in the room themselves are not affected.
func TestOverAnUntrustedChannel(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	n := 0
	brought := func() *model.Line {
		n++
		b := model.NewEntry(model.KindEntryNoted, "hello")
		b.Over, b.From, b.Ref = "slack", "eve <!channel>\x1b[2J", fmt.Sprint("C1/", n)
		return k.do("bo", model.Act{Body: b})
	}
	if l := brought(); l.Text.String() != "slack, eve <!channel>^[[2J: hello" {
		t.Errorf("got %q", l.Text)
	}
	n--
	if l := brought(); l.Refused.String() != "the message is already in the room" {
		t.Errorf("got %q", l.Refused)
	}
	k.mustType("ana", ":channel slack suspected x", ":channel test compromised x")
	if l := brought(); l.Text.String() !=
		"(over test, compromised) (over slack, suspected) slack, eve <!channel>^[[2J: hello" || !l.Refused.IsEmpty() {
		t.Errorf("got %q, %q", l.Text, l.Refused)
	}
	k.mustType("ana", ":channel test trusted x", ":channel slack compromised x")
	if l := brought(); l.Refused.String() != "the message arrived over slack, which has been compromised since "+
		"2026-11-21 14:00:00 UTC" {
		t.Errorf("got %q", l.Refused)
	}
}
