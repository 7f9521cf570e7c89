package model_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestLegalClocksNeedThePower: whatever the kind of an event, it does not end, stop or
// postpone a legal clock that runs if its author took their role and nobody confirmed it.
// Once somebody has confirmed it, or by a notice, it does.
func TestLegalClocksNeedThePower(t *testing.T) {
	const notice, power = "is met by a notice: :notify ", "needs a confirmation by someone with"
	for _, c := range []struct{ role, line, want string }{
		{"scribe", ":time EXPOSURE @13:59 typo", power},
		{"scribe", ":clock met LAW done", notice},
		{"scribe", ":clock waive LAW done", power},
		{"commander", ":clock met LAW done", notice},
		{"commander", ":time EXPOSURE @13:59 typo", power},
	} {
		k := newExposedRoom(t)
		k.mustType("ana", ":exposure confirmed customers @13:00")
		exposure := k.room.Exposure.Seq
		k.wait(time.Hour)
		law := lawClock(t, k)
		line := strings.NewReplacer("EXPOSURE", strconv.FormatUint(exposure, 10), "LAW", law).Replace(c.line)
		k.takes("bo", c.role)
		due := k.clock(law).Run.DueAt
		err := k.try("bo", line)
		if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s by an unconfirmed %s: got %v, want it forbidden: ... %s ...", line, c.role, err, c.want)
		}
		if got := k.clock(law); !got.Run.DueAt.Equal(due) || got.State != model.ClockRunning {
			t.Errorf("%s: got %s, due %s; want running, due %s", line, got.State, got.Run.DueAt, due)
		}
		k.mustType("ana", ":confirm "+c.role)
		if err := k.try("bo", line); err != nil && c.role == "commander" {
			t.Errorf("%s by a confirmed %s: got %v, want no error", line, c.role, err)
		}
	}
	k := newExposedRoom(t)
	law := lawClock(t, k)
	k.mustType("bo", ":role scribe @bo", ":notify "+law+" the authority, by phone")
	if got := k.clock(law).State; got != model.ClockMet {
		t.Errorf("a notice by an unconfirmed scribe: got %s, want met", got)
	}
}

// TestDuplicateNeedsThePower: an unconfirmed commander does not take legal clocks off by
// calling the room a duplicate.
func TestDuplicateNeedsThePower(t *testing.T) {
	k := newExposedRoom(t)
	k.takeTogether("bo", "cy")
	b := &model.IncidentLinked{Relation: model.RelationDuplicate, Room: "inc-6", RoomID: "01J", Reason: "x"}
	got := k.do("bo", model.Act{Body: b}).Refused.String()
	if !strings.Contains(got, "legal deadlines") {
		t.Errorf("a duplicate by an unconfirmed commander: got refused %q, want a sentence about legal deadlines", got)
	}
	k.mustType("bo", ":drill on an exercise", ":sev SEV-2 calm", ":resolve override done")
	if got := k.clock(lawClock(t, k)).State; got != model.ClockRunning {
		t.Errorf("after a drill, another severity and a resolution: got %s, want running", got)
	}
}
