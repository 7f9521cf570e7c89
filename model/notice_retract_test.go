package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// noticeRoom returns a room with personal data exposed, and the entry in which the CNIL was notified.
func noticeRoom(t *testing.T) (*testRoom, string) {
	t.Helper()
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":exposure suspected ~1200 gdpr kvkk mail addresses in the dump")
	k.now = k.now.Add(time.Hour)
	k.mustType("ana", ":notify gdpr CNIL, portal")
	return k, fmt.Sprint(k.room.Seq)
}

// TestRetractedNotice: a notice that was recorded by mistake is taken back. It stays readable, and the
// legal clock that it met counts again from its start until another notice meets it.
func TestRetractedNotice(t *testing.T) {
	k, n := noticeRoom(t)
	k.admit("bo", model.Write)
	due := k.clock("gdpr").Run.DueAt
	k.refused("ana", ":retract "+n, "give a reason: :retract "+n+" REASON")
	if got := k.refusedLine("bo", &model.NoticeRetracted{Seq: k.room.Notices[0].Seq, Reason: "x"}); got == "" {
		t.Error("bo retracts what ana recorded: got no refusal, want one")
	}
	k.now = k.now.Add(time.Hour)
	k.mustType("ana", ":retract "+n+" it was only a draft")
	if got := k.clock("gdpr"); got.State != model.ClockRunning || !got.Run.DueAt.Equal(due) {
		t.Errorf("after the retraction: got %s, due %s; want running, due %s", got.State, got.Run.DueAt, due)
	}
	h := k.history("gdpr")
	if len(h.Runs) != 2 || h.Runs[0].Run.MetAt.IsZero() || h.Verdict != model.VerdictRunning {
		t.Errorf("got %d runs and %s, want the one that was met, one that runs, and running", len(h.Runs), h.Verdict)
	}
	if got := k.room.UndoneIn(h.Runs[0].Run.EndSeq).String(); !strings.Contains(got, "retracted by ana") ||
		!strings.Contains(got, "only a draft") {
		t.Errorf("beside the run that was met: got %q, want by whom it was taken back, and why", got)
	}
	if got := k.room.Notices; len(got) != 1 || got[0].Undone == nil || len(k.room.Standing()) != 0 {
		t.Errorf("got notices %+v, want the one, marked as retracted", got)
	}
	k.refused("ana", ":retract "+n+" again", "the notice was already retracted by ana in entry "+
		fmt.Sprint(k.room.Notices[0].Undone.Seq))
	k.now = k.now.Add(time.Hour)
	k.mustType("ana", ":notify gdpr CNIL, portal")
	if got := k.clock("gdpr"); got.State != model.ClockMet || !got.Undone.IsEmpty() {
		t.Errorf("after the real notice: got %s, %q; want met without a remark", got.State, got.Undone)
	}
	if h := k.history("gdpr"); h.Verdict != model.VerdictMet || len(h.Runs) != 2 {
		t.Errorf("got %s in %d runs, want met in 2", h.Verdict, len(h.Runs))
	}
}

// TestRetractedNoticeTooLate: the authority was not notified in time, whatever the retracted notice stated.
func TestRetractedNoticeTooLate(t *testing.T) {
	k, n := noticeRoom(t)
	k.now = k.now.Add(80 * time.Hour)
	k.mustType("ana", ":retract "+n+" the portal refused it")
	if got := k.clock("gdpr").State; got != model.ClockOverdue {
		t.Errorf("got %s, want overdue", got)
	}
	k.mustType("ana", ":notify gdpr CNIL, portal")
	if h := k.history("gdpr"); h.Verdict != model.VerdictMissed {
		t.Errorf("got %s, want missed", h.Verdict)
	}
}

// TestRetractedNoticeOfPlan: a deadline of the plan that a retracted notice met stays met, with that beside it.
func TestRetractedNoticeOfPlan(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":notify executives @mei phone")
	n := fmt.Sprint(k.room.Seq)
	k.mustType("ana", ":retract "+n+" nobody answered")
	got := k.clock("executives")
	if got.State != model.ClockMet || !strings.Contains(got.Undone.String(), "nobody answered") {
		t.Errorf("got %s, %q; want met, with the retraction beside it", got.State, got.Undone)
	}
}

// TestRetractBeforeStart: a notice before its clock began is taken back; the clock then begins as any other.
func TestRetractBeforeStart(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":notify gdpr CNIL, portal")
	k.mustType("ana", ":retract "+fmt.Sprint(k.room.Seq)+" another incident")
	if got := k.clock("gdpr").State; got != model.ClockNotStarted {
		t.Errorf("got %s, want not started", got)
	}
	k.mustType("ana", ":exposure suspected gdpr mail addresses")
	if got := k.clock("gdpr").State; got != model.ClockRunning {
		t.Errorf("after the awareness: got %s, want running", got)
	}
}
