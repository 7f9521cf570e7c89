package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestChannels: a compromised channel is announced to everybody at once, and shown in the
// header and on its page until it is trusted again.
func TestChannels(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Key(tcell.KeyF8).See("All channels count as trusted").Key(tcell.KeyEsc)
	mustType(t, h, short, "ana :channel slack compromised they read along")
	s.See(" SLACK CUT ").See("slack is COMPROMISED according to ana: do not use it (F8)")
	mustType(t, h, short, "ana :channel mail compromised same", "ana :channel vpn suspected a login from afar")
	s.See(
		" 2 CUT ").Type(
		":channels").Key(tcell.KeyEnter).See("x slack          COMPROMISED").See(
		"? vpn            suspected     since ")
	s.See("they read along").See("A compromised channel is not used").Key(tcell.KeyEsc)
	mustType(t, h, short, "ana :channel slack trusted new tokens", "ana :channel mail trusted new keys")
	s.Gone(" CUT ").See("slack is trusted and used again")
}

// TestChannelsScreen compares the page with its golden screen.
func TestChannelsScreen(t *testing.T) {
	h, short := busy(t)
	mustType(t, h, short, "ana :channel vpn suspected a login from afar, at a time when its owner slept",
		"ana :channel slack compromised they read along",
		"ana :channel phone trusted called back on the printed numbers")
	s := uitest.Open(t, h, "bo", 80, 24)
	goldenAtSizes(t, s.See("SLACK CUT").Key(tcell.KeyF8).See("phone"), "channels", "Channels")
}
