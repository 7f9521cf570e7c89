package feed_test

import (
	"io"
	"strings"
	"testing"

	"warroom/feed/feedtest"
	"warroom/model"
)

// TestRemoteRevokeChangesNothingWithoutTheRight: a login that may not revoke anybody gets the
// reason, and no list on its own machine changes either.
func TestRemoteRevokeChangesNothingWithoutTheRight(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	feedtest.Append(t, feedtest.Enter(t, x.comes("bo", model.Write), short), "by bo")
	for _, right := range []model.Right{model.Watch, model.Write, model.Command} {
		handle := "has-" + string(right)
		f := x.comes(handle, right)
		out, err := f.Revoke(soon(t), "bo", "a stolen laptop")
		want := model.Forbidden
		if right == model.Command {
			want = ""
		}
		if may := want == ""; model.CodeOf(err) != want || out.Somewhere() != may || f.IsRevoked("bo", "") != may ||
			!may && !strings.HasPrefix(err.Error(), "bo is not revoked: ") {
			t.Errorf("%s: got %v, revoked in a room %v, on the list here %v; want %q and %v", handle, err,
				out.Somewhere(), f.IsRevoked("bo", ""), want, may)
		}
	}
}

// TestWatchGetsNoEvidence: a login with the right "watch" gets a reason, and not that the room
// does not exist.
func TestWatchGetsNoEvidence(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	c := model.Collection{EvidenceAbout: model.EvidenceAbout{Name: "a.log", Class: "log"}}
	if _, err := x.host.Collect(soon(t), short, c, strings.NewReader("one"), nil); err != nil {
		t.Fatalf("collect: got %v, want none", err)
	}
	wim := x.comes("wim", model.Watch)
	feedtest.Until(t, feedtest.Enter(t, wim, short), "wim is let in", func(v *model.View) bool {
		_, ok := v.Room.Member(wim.Who().Key)
		return ok
	})
	_, get := wim.Fetch(soon(t), short, 1, "", io.Discard, nil)
	whole := wim.Export(soon(t), short, "test", io.Discard)
	for what, err := range map[string]error{"get": get, "export": whole} {
		want := "this login may not read the bytes of evidence, which requires the right \"write\"; "
		if model.CodeOf(err) != model.Forbidden || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", what, err, want)
		}
	}
	if err := wim.ExportBare(soon(t), short, "test", io.Discard); err != nil {
		t.Errorf("export without evidence: got %v, want none", err)
	}
}
