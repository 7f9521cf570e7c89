package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestLinesThatContradict: a line whose time contradicts another time is asked about, and with
// a reason it is stored and listed.
func TestLinesThatContradict(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(4 * time.Hour) // 18:00
	k.mustType("ana", ":milestone detected @-5h", ":milestone validated @-30m", ":ioc ip 198.51.100.7 @-20m",
		":asset host h1 suspected @-30m", ":asset 1 confirmed @-10m")
	const tail = "; correct one of the times, or end the line with \"because REASON\" to keep both in the report"
	for line, want := range map[string]string{
		":check 1 @-2h": "item 1 was done (2026-11-21 16:00:00 UTC) before the milestone that it reaches, validated " +
			"(2026-11-21 17:30:00 UTC)" + tail,
		":ioc block 1 @-1h": "the block of indicator 1 (2026-11-21 17:00:00 UTC) is before it was first seen " +
			"(2026-11-21 17:40:00 UTC)" + tail,
		":asset 1 contained @-20m": "" +
			"the containment of asset 1 (2026-11-21 17:40:00 UTC) is before it was compromised " +
			"(2026-11-21 17:50:00 UTC)" + tail,
		":resolve @-6h override the key is dead": "detected (2026-11-21 13:00:00 UTC) is after resolved (2026-11-21 " +
			"12:00:00 UTC)" + tail,
		":resolve @-270m override the key is dead": "" +
			"declared (2026-11-21 14:00:00 UTC) is after resolved (2026-11-21 " +
			"13:30:00 UTC)" + tail,
	} {
		k.refused("ana", line, want)
		n := len(k.room.OddTimes(clockTime)) + len(k.room.Contradictions())
		prev := k.room
		k.mustType("ana", line+" because the clock is right")
		if got := len(k.room.OddTimes(clockTime)) + len(k.room.Contradictions()); got <= n {
			t.Errorf("%s because ...: got %d contradictions, want more than %d", line, got, n)
		}
		if l := k.room.Line(k.room.Seq); !strings.Contains(l.Text.String(), "because the clock is right") {
			t.Errorf("%s because ...: got the line %q, want its reason", line, l.Text)
		}
		k.room = prev
	}
}

// TestItemsHaveBothTimes: an item has when it was done, which can be corrected, and when that
// was recorded.
func TestItemsHaveBothTimes(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(4 * time.Hour) // 18:00
	k.mustType("ana", ":check 3 @-2h")
	seq := k.room.Seq
	is := func(want string) {
		t.Helper()
		it := k.room.ItemByN(3)
		if got := it.DoneAt.Format("15:04") + " " + it.At.Format("15:04"); got != want {
			t.Errorf("item 3: got done and recorded %s, want %s", got, want)
		}
	}
	is("16:00 18:00")
	k.mustType("ana", ":time "+fmt.Sprint(seq)+" @-1h the log shows it")
	is("17:00 18:00")
}
