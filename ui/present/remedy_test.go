package present_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui/present"
)

// typist is a room in which ana writes.
type typist struct {
	t    *testing.T
	room *model.Room
	now  time.Time
}

// declared returns a room of the security plan.
func declared(t *testing.T) *typist {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	k := &typist{t, model.NewRoom(), time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := model.Declaration{Title: "x", Severity: "SEV-1", Plan: p}.Declare("")
	k.do(one)
	k.do(two)
	return k
}

// do submits an act.
func (k *typist) do(a model.Act) {
	k.t.Helper()
	seq := k.room.Seq + 1
	d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: "ana", Key: "key", Via: "test"}, a,
		k.now)
	if err != nil {
		k.t.Fatalf("make a draft: %v", err)
	}
	e := d.Event("01JD0000000000000000000000")
	e.Key, e.N, e.Seq, e.RecordedAt = "key", seq, seq, k.now
	k.room = model.Apply(k.room, e)
	if l := k.room.Line(seq); !l.Refused.IsEmpty() {
		k.t.Fatalf("%s: got it refused: %s, want it applied", l.Text, l.Refused)
	}
}

// enter submits lines of the composer.
func (k *typist) enter(lines ...string) {
	k.t.Helper()
	for _, line := range lines {
		a, err := model.Parse(line, model.Ctx{Room: k.room, Who: model.Actor{Handle: "ana", Key: "key", Via: "test"},
			Now: k.now, Zone: time.UTC})
		if err != nil {
			k.t.Fatalf("%s: %v", line, err)
		}
		k.do(a)
	}
}

// TestRemedyStopsItsClock: the command that is named as the remedy of a clock stops it,
// whatever meets it in the plan.
func TestRemedyStopsItsClock(t *testing.T) {
	for clock, c := range map[string]struct {
		before []string
		want   string
	}{
		"validate":   {nil, ":check 1 stops it"},
		"update":     {nil, ":update responders TEXT restarts it"},
		"executives": {nil, ":notify executives WHO stops it"},
		"legal":      {nil, ":notify legal WHO stops it"},
		"gdpr":       {[]string{":exposure suspected gdpr"}, ":notify gdpr WHO stops it"},
		"review": {[]string{":resolve override a test", ":review summary a", ":review cause a", ":review radius a"},
			":review detection TEXT stops it"},
	} {
		t.Run(clock, func(t *testing.T) {
			k := declared(t)
			k.enter(c.before...)
			got := present.Remedy(k.room, k.room.Plan.Clock(clock)).String()
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			line, _, again := strings.Cut(got, " restarts it")
			line = strings.TrimSuffix(line, " stops it")
			k.now = k.now.Add(time.Minute)
			k.enter(strings.NewReplacer("TEXT", "it stands", "WHO", "@mei").Replace(line))
			for _, v := range k.room.ClockViews(k.now) {
				started := again && v.State == model.ClockRunning && v.Remaining == time.Duration(v.Def.Every)
				if v.Def.ID == clock && v.State != model.ClockMet && !started {
					t.Errorf("after %s: got the clock %s with %s left, want it met or started again", line, v.State,
						v.Remaining)
				}
			}
		})
	}
}

// TestRemedyOfASkippedItem: a skipped item does not meet a clock.
func TestRemedyOfASkippedItem(t *testing.T) {
	k := declared(t)
	k.enter(":skip 1 another one covers it")
	if got, want := present.Remedy(k.room, k.room.Plan.Clock("validate")).String(),
		":milestone validated stops it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	k.enter(":milestone validated")
	for _, v := range k.room.ClockViews(k.now) {
		if v.Def.ID == "validate" && v.State != model.ClockMet {
			t.Errorf("after :milestone validated: got the clock %s, want %s", v.State, model.ClockMet)
		}
	}
}

// TestRemedyOfAReview: several unwritten sections are counted.
func TestRemedyOfAReview(t *testing.T) {
	k := declared(t)
	k.enter(":resolve override a test")
	const want = ":review summary TEXT and 3 more sections stop it"
	if got := present.Remedy(k.room, k.room.Plan.Clock("review")).String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
