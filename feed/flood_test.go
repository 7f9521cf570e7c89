package feed_test

import (
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
)

// TestOneLoginsQuestionsHoldUpNobody: one login sends requests continuously. Every request
// of another login is answered, and all kinds of requests over the limit are refused.
func TestOneLoginsQuestionsHoldUpNobody(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	wim := rawLogin(t, x.file(feed.Invite{Handle: "wim", Right: model.Watch}), "wim")
	bo := rawLogin(t, x.file(feed.Invite{Handle: "bo", Right: model.Write}), "bo")
	const flood = 20_000
	for _, verb := range []string{hubapi.VerbAccess, hubapi.VerbList, hubapi.VerbOldRooms, hubapi.VerbWho,
		hubapi.VerbHealth} {
		inbox := "_INBOX_wim." + verb
		sub, err := wim.SubscribeSync(inbox)
		must(t, err)
		must(t, sub.SetPendingLimits(-1, -1))
		for i := range flood {
			must(t, wim.PublishRequest(hubapi.Ask(verb, "wim"), inbox, []byte(`{"room":"`+short+`"}`)))
			if i%(flood/10) != flood/20 {
				continue
			}
			m, err := bo.Request(hubapi.Ask(hubapi.VerbList, "bo"), nil, feedtest.DefaultTimeout)
			if err != nil {
				t.Fatalf("while wim floods %s, bo asks which rooms there are: got %v, want %s", verb, err, short)
			}
			if got := string(m.Data); !strings.Contains(got, short) {
				t.Fatalf("while wim floods %s, bo asks which rooms there are: got %s, want %s", verb, got, short)
			}
		}
		must(t, wim.FlushTimeout(feedtest.DefaultTimeout))
		answered := 0
		for n, _, _ := sub.Pending(); n > 0; n-- {
			m, err := sub.NextMsg(feedtest.DefaultTimeout)
			must(t, err)
			if !strings.Contains(string(m.Data), `"why"`) {
				answered++
			}
		}
		if answered > flood/2 {
			t.Errorf("%s: %d of %d questions of one login were answered, want its limit at most", verb, answered, flood)
		}
	}
}
