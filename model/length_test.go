package model_test

import (
	"encoding/json"
	"testing"
	"time"

	"warroom/model"
)

// TestLengths: a limit is worded in hours up to 72, as laws and plans do, and in days above; what
// is shown can be typed, and events and plans keep their form.
func TestLengths(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration][2]string{
		15 * time.Minute:        {"15m", "15m"},
		90 * time.Minute:        {"1h30m", "1h30m"},
		day:                     {"24h", "24h"},
		2 * day:                 {"48h", "48h"},
		3 * day:                 {"72h", "72h"},
		3*day + time.Hour:       {"3d1h", "73h"},
		7 * day:                 {"7d", "168h"},
		4*day + 90*time.Minute:  {"4d1h30m", "97h30m"},
		60 * day:                {"60d", "1440h"},
		-15 * time.Minute:       {"-15m", "-15m"},
		30*day + 10*time.Second: {"30d10s", "720h0m10s"},
	} {
		if got := model.Duration(d).String(); got != want[0] {
			t.Errorf("%s: got %q, want %q", d, got, want[0])
		}
		raw, err := json.Marshal(model.Duration(d))
		if err != nil || string(raw) != `"`+want[1]+`"` {
			t.Errorf("%s on the wire: got %s, %v; want %q", d, raw, err, want[1])
		}
		if got, err := model.ParseLength(want[0]); err != nil || got != d {
			t.Errorf("%s parsed: got %s, %v; want %s", want[0], got, err, d)
		}
	}
	for _, s := range []string{"", "d", "7", "7d24h", "7dx", "xd", "-7d", "7d-1h", "99999d"} {
		if got, err := model.ParseLength(s); err == nil {
			t.Errorf("%q: got %s, want an error", s, got)
		}
	}
	k := led(t)
	k.mustType("ana", ":ask @bo 2d is it off?", ":cadence update 1d it is calm")
	if got, want := k.room.Asks[0].Due, k.now.Add(2*day); !got.Equal(want) {
		t.Errorf(":ask 2d: got %s, want %s", got, want)
	}
	k.refused("ana", ":ask @bo 8d is it off?", "give a deadline of up to 7d, as in :ask @bo 3m TEXT")
	k.refused("ana", ":poll wait 2d", `"2d" is too long for a poll; give up to 24h, as in :poll TEXT 60s`)
}
