package pagerduty_test

import (
	"slices"
	"testing"
	"time"

	"warroom/feed/feedtest"
	"warroom/feed/pagerduty"
	"warroom/model"
)

// TestNextContactIsPaged: a page that nobody acknowledged within the plan's time goes to the
// next level at the service, once; one that somebody acknowledged does not.
func TestNextContactIsPaged(t *testing.T) {
	for _, acknowledged := range []bool{false, true} {
		f := newFake(t)
		c := testConfig(t, f)
		c.Poll = 0
		if _, err := pagerduty.New(c).OnCall(t.Context()); err != nil {
			t.Fatalf("ask who is on call: got %v, want none", err)
		}
		ana := feedtest.Open(t, "ana")
		start(t, ana, c)
		if acknowledged {
			f.begin = "acknowledged"
		}
		short := declare(t, ana, func(d *model.Declaration) {
			d.Plan.Radar = &model.Radar{PageSilent: model.Duration(50 * time.Millisecond)}
		})
		s := feedtest.Enter(t, ana, short)
		v := feedtest.Until(t, s, "the next contact is paged", is("pagerduty/next/security", model.DeliverySent))
		detail, want := "level 2: Bo Demir", []int{2}
		if acknowledged {
			detail, want = "not necessary: it was acknowledged", nil
		}
		if d, _ := v.Room.Delivery("pagerduty/next/security"); d.Detail != detail {
			t.Errorf("acknowledged %v: got %q, want %q", acknowledged, d.Detail, detail)
		}
		f.with(func() {
			if got := f.incidents[0].levels; !slices.Equal(got, want) {
				t.Errorf("acknowledged %v: got levels %v paged, want %v", acknowledged, got, want)
			}
		})
	}
}
