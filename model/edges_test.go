package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// TestAuthorCannotWriteTheFuture: the check before sending refuses a time ahead of
// the hub's clock by more than Skew.
func TestAuthorCannotWriteTheFuture(t *testing.T) {
	k := story(t)
	for ahead, want := range map[time.Duration]model.Code{
		-time.Hour: "", 0: "", model.Skew: "", model.Skew + time.Millisecond: model.Invalid, time.Hour: model.Invalid,
	} {
		a := model.Act{At: k.now.Add(ahead), Body: model.NewEntry(model.KindEntryNoted, "seen")}
		if got := model.CodeOf(model.Decide(k.room, k.ctx("ana").Who, a, k.now)); got != want {
			t.Errorf("an entry %s ahead: got %q, want %q", ahead, got, want)
		}
	}
}

// TestRecordedTimeNeverRunsBackwards: a message that the hub stored with an earlier
// time than the one before it gets the time of that one.
func TestRecordedTimeNeverRunsBackwards(t *testing.T) {
	k := story(t)
	want := k.room.RecordedAt
	e := k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "stored by a slow clock")})
	e.RecordedAt = want.Add(-time.Hour)
	r := model.Apply(k.room, e)
	if !r.RecordedAt.Equal(want) || !r.Line(e.Seq).RecordedAt.Equal(want) {
		t.Errorf("a message of an hour before: got the room at %s and its line at %s, want both at %s",
			model.FormatTime(r.RecordedAt), model.FormatTime(r.Line(e.Seq).RecordedAt), model.FormatTime(want))
	}
	e = k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "stored later")})
	e.Seq, e.RecordedAt = r.Seq+1, want.Add(time.Second)
	if r = model.Apply(r, e); !r.RecordedAt.Equal(want.Add(time.Second)) {
		t.Errorf("the message after it: got the room at %s, want %s", model.FormatTime(r.RecordedAt),
			model.FormatTime(want.Add(time.Second)))
	}
}

// TestRoleOfItsHolder: giving a role to its present holder is refused, by the
// author's check and in the fold.
func TestRoleOfItsHolder(t *testing.T) {
	k := story(t)
	k.refused("bo", ":role ic @bo", "bo is already Incident Commander")
	k.refused("ana", ":role sme @cy", "cy is already Subject Matter Expert")
	before := len(k.room.Roles)
	l := k.do("bo", model.Act{Body: &model.RoleAssumed{Role: "ic", Person: "bo"}})
	if got := l.Refused.String(); got != "bo is already Incident Commander" || len(k.room.Roles) != before {
		t.Errorf("a crafted second time: got %q and %d roles, want it refused and %d", got, len(k.room.Roles), before)
	}
}

// TestVacantSince: VacantSince is the declaration, or when the role was renounced,
// or zero while somebody holds it.
func TestVacantSince(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Reason: "test"})
	vacant := func(when string, want time.Time) {
		t.Helper()
		if got := k.room.VacantSince("scribe"); !got.Equal(want) {
			t.Errorf("%s: got vacant since %s, want %s", when, model.FormatTime(got), model.FormatTime(want))
		}
	}
	vacant("nobody had it", k.room.DeclaredAt)
	k.admit("bo", model.Write)
	k.wait(time.Minute)
	k.mustType("ana", ":role scribe @bo", ":role ic @ana")
	vacant("bo has it", time.Time{})
	k.wait(time.Minute)
	k.mustType("bo", ":renounce scribe")
	first := k.now
	k.wait(time.Minute)
	k.mustType("ana", ":renounce ic")
	vacant("bo renounced it, and ana another", first)
	k.wait(time.Minute)
	k.mustType("ana", ":role scribe @ana")
	vacant("ana has it", time.Time{})
	k.wait(time.Minute)
	k.mustType("ana", ":renounce scribe")
	vacant("ana renounced it too", k.now)
}

// TestMe: "@me" is the person who types, in every place for a person.
func TestMe(t *testing.T) {
	k := story(t)
	k.mustType("ana", ":role comms @me", ":ask @me 3m is the board informed?")
	if got := k.room.Holders("comms"); len(got) != 1 || got[0] != "ana" {
		t.Errorf(":role comms @me by ana: got %v, want ana", got)
	}
	asks := k.room.Asks
	if n := len(asks); n == 0 || asks[n-1].To != "ana" {
		t.Errorf(":ask @me by ana: got %+v, want the last one to ana", asks)
	}
	k.mustType("bo", ":todo @ME due 3d rotate the rest")
	if n := len(k.room.Followups); n == 0 || k.room.Followups[n-1].Owner != "bo" {
		t.Errorf(":todo @ME by bo: got %+v, want the last one of bo", k.room.Followups)
	}
}
