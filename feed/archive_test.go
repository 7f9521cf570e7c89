package feed_test

import (
	"testing"

	"warroom/feed/feedtest"
)

// TestHostThatOnlyHostsKeepsACopy: the hub's machine has a replica of a room that nobody
// has open there.
func TestHostThatOnlyHostsKeepsACopy(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Via = "hub"
	a := feedtest.With(t, o)
	b := feedtest.With(t, remote(t, a, feedtest.Data(t), "bo"))
	s := feedtest.Enter(t, b, feedtest.Declare(t, b))
	seq := feedtest.Append(t, s, "said on another machine")
	copied(t, o.Data, s.RoomID(), seq)
}
