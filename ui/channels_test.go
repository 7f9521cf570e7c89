package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestChannels: a channel that is compromised is said to everybody at once, and
// stands in the header and on the page until it is trusted again.
func TestChannels(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Key(tcell.KeyF8).See("Nobody has judged a channel").Key(tcell.KeyEsc)
	mustSay(t, h, short, "ana :channel slack compromised they read along")
	s.See(" SLACK CUT ").See("slack is COMPROMISED, says ana: do not use it (F8)")
	mustSay(t, h, short, "ana :channel mail compromised same", "ana :channel vpn suspected a login from afar")
	s.See(" 2 CUT ").Type(":channels").Key(tcell.KeyEnter).See("x slack          COMPROMISED").See("? vpn            suspected     by ana since")
	s.See("they read along").See("Nothing goes over a compromised channel").Key(tcell.KeyEsc)
	mustSay(t, h, short, "ana :channel slack trusted new tokens", "ana :channel mail trusted new keys")
	s.Gone(" CUT ").See("slack is trusted again")
}

// TestChannelsScreen is the page as it was read.
func TestChannelsScreen(t *testing.T) {
	h, short := busy(t)
	mustSay(t, h, short, "ana :channel vpn suspected a login from afar, at a time when its owner slept", "ana :channel slack compromised they read along", "ana :channel phone trusted called back on the printed numbers")
	s := uitest.Open(t, h, "bo", 80, 24)
	golden(t, "channels.80x24", s.See("SLACK CUT").Key(tcell.KeyF8).See("phone").Text())
}
