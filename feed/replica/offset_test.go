package replica

import (
	"testing"
	"time"
)

func TestOffset(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	const ms, s, m = time.Millisecond, time.Second, time.Minute
	type step struct {
		took, ahead time.Duration // of an answer: the time it took, and how far the hub's clock is ahead
		live        time.Duration // of a live message: its difference
		want        time.Duration
	}
	for name, steps := range map[string][]step{
		"one answer": {{took: 2 * s, ahead: 10 * m, want: 10 * m}},
		"the same clock": {{took: 2 * ms, ahead: ms / 4, want: 0}, {live: -ms, want: 0},
			{live: -m, want: 0}},
		"the same clock, ahead":        {{took: 2 * ms, ahead: -ms / 4, want: 0}, {live: -ms / 2, want: 0}},
		"a hub that is just ahead":     {{took: 2 * ms, ahead: ms / 4, want: 0}, {live: ms / 8, want: ms / 4}},
		"too slow to tell":             {{took: 2 * s, ahead: s / 2, want: s / 2}},
		"nothing but live":             {{live: 10*m - s, want: 10*m - s}, {live: 9 * m, want: 10*m - s}},
		"a late live message":          {{took: s, ahead: -5 * m, want: -5 * m}, {live: -20 * m, want: -5 * m}},
		"a slow answer that agrees":    {{took: s / 10, ahead: m, want: m}, {took: 8 * s, ahead: m + 3*s, want: m}},
		"our clock was set back":       {{took: s, ahead: 0, want: 0}, {live: 10 * m, want: 10 * m}},
		"our clock was set forward":    {{took: s, ahead: 0, want: 0}, {took: s, ahead: -10 * m, want: -10 * m}},
		"the hub's clock was set back": {{live: 10 * m, want: 10 * m}, {took: s, ahead: 0, want: 0}},
	} {
		var o offset
		for i, st := range steps {
			if st.live != 0 {
				o.observeLive(st.live)
			} else {
				o.asked(at, at.Add(st.took), at.Add(st.took/2+st.ahead))
			}
			if got := o.best(false); got != st.want {
				t.Errorf("%s, step %d: got %s, want %s", name, i, got, st.want)
			}
			if o.best(true) != 0 {
				t.Errorf("%s: the host has an offset", name)
			}
		}
	}
}
