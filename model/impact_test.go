package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

func TestImpactStartsAndEnds(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset host web3 confirmed", ":impact start 1 @14:10 logins fail", ":impact start @14:20")
	k.refused("bo", ":impact start 1",
		"asset 1 (host web3) is already affected, since 2026-11-21 14:10:00 UTC by bo; to correct the time: :time 5 "+
			"@TIME REASON")
	k.refused("bo", ":impact end 1 @14:00",
		"the impact for asset 1 (host web3) started at 2026-11-21 14:10:00 UTC, so it cannot end at 2026-11-21 "+
			"14:00:00 UTC")
	k.refused("bo", ":impact end 4", "there is no asset 4; this room has only asset 1")
	k.refused("bo", ":impact", "write start or end: :impact start|end [ASSET] [@TIME] [REASON]")
	k.mustType("ana", ":impact end 1 @14:40 on another host", ":time 5 @14:05 the log shows it")
	i := &k.room.Impacts[0]
	if got, want := k.room.ImpactTook(i, k.now), 35*time.Minute; got != want {
		t.Errorf("took: got %s, want %s", got, want)
	}
	k.refused("bo", ":impact end 1", "asset 1 (host web3) has no open impact; record its start first: :impact start")
	k.mustType("bo", ":impact start 1")
}

// TestImpactOfAClosedRoom: an impact without an end counts until the room was closed, not until
// somebody looks.
func TestImpactOfAClosedRoom(t *testing.T) {
	k := scoped(t)
	k.mustType("ana", ":impact start @14:10 logins fail")
	k.wait(time.Hour)
	k.mustType("ana", ":resolve override done", ":close override done")
	closed := k.now
	k.wait(3 * time.Hour)
	i := &k.room.Impacts[0]
	if got, want := k.room.ImpactTook(i, k.now), closed.Sub(i.From); got != want {
		t.Errorf("took: got %s, want %s", got, want)
	}
	got := k.room.ImpactFacts(i, k.now, model.FormatTime).String()
	if want := "; no end was recorded before the room was closed, "; !strings.Contains(got, want) ||
		strings.Contains(got, "so far") {
		t.Errorf("facts: got %q, want %q in it, and no \"so far\"", got, want)
	}
}

// TestMilestoneRanges: a milestone may be a range, which contradicts another
// milestone only if all of it does.
func TestMilestoneRanges(t *testing.T) {
	k := scoped(t)
	k.wait(time.Hour) // 16:00
	k.mustType("ana", ":milestone first between 13:00 and 13:50 the log is hourly", ":milestone detected @13:40")
	m := k.room.Milestones["first_malicious_action"]
	if m.At.Format("15:04") != "13:00" || m.Until.Format("15:04") != "13:50" {
		t.Errorf("got %s to %s, want 13:00 to 13:50", m.At, m.Until)
	}
	want := "first malicious action between 2026-11-21 13:00:00 UTC and 2026-11-21 13:50:00 UTC: the log is hourly"
	if got := k.room.Line(4).Text.String(); got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	k.refused("ana", ":milestone contained between 14:30 and 14:00 why",
		"the range ends at 2026-11-21 14:00:00 UTC, which is not after its beginning, 2026-11-21 14:30:00 UTC")
	k.refused("ana", ":milestone contained between 14:30",
		"a range needs two times: :milestone contained between 13:00 and 14:30 [REASON]")
	k.refused("ana", ":milestone contained between 14:30 and 17:00",
		"17:00 was read as 2026-11-21 17:00:00 UTC, which is in the future; for the day "+
			"before write @yesterday 17:00")
}

func TestTheAttackersLane(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":adv @14:12 read the bucket from 203.0.113.9", "-30m :adv logged in", ":adv fetched the key")
	for seq, want := range map[uint64]string{4: "14:12", 5: "14:30", 6: "15:00"} {
		l := k.room.Line(seq)
		if got := l.At.Format("15:04"); got != want || l.Kind.Lane() != "attacker" || !l.IsEntry() {
			t.Errorf("line %d: got %s in the lane %s, want %s and an entry of the attacker's", seq, got, l.Kind.Lane(),
				want)
		}
	}
	k.refused("bo", ":adv", "the text is missing")
}

// TestAnImpactMayHaveOneWordAsItsReason: a word that no asset has as its name is the reason, also in a
// room with assets, and the line states that it is about the incident as a whole.
func TestAnImpactMayHaveOneWordAsItsReason(t *testing.T) {
	for _, assets := range [][]string{nil, {":asset host build-7 confirmed", ":asset service payments confirmed"}} {
		for _, line := range []string{":impact start outage", ":impact start @14:00 outage",
			"@14:00 :impact start Outage.",
			":impact start downtime", ":impact start Ausfall", ":impact start çökme"} {
			k := scoped(t)
			k.mustType("bo", assets...)
			k.mustType("bo", line)
			if len(k.room.Impacts) != 1 || k.room.Impacts[0].Reason == "" || k.room.Impacts[0].Asset != "" {
				t.Errorf("%s with %d assets: got %+v, want an impact with a reason, on the incident as a whole", line,
					len(assets), k.room.Impacts)
			}
			want := "for the incident as a whole: " + k.room.Impacts[0].Reason
			if got := k.room.Line(k.room.Seq).Text.String(); !strings.HasSuffix(got, want) {
				t.Errorf("%s: got the line %q, want it to end in %q", line, got, want)
			}
		}
	}
	k := scoped(t)
	k.refused("bo", ":impact start web-3", `there is no asset "web-3": the room has none, :asset TYPE NAME STATE adds `+
		`one; if it is the reason, begin it with another word: :impact start|end [ASSET] [@TIME] [REASON]`)
}
