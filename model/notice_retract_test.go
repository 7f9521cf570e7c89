package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
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

// TestRetractedNoticeOfTwo: a notice that was given in parts still met the legal clock if the first part is
// taken back, from the time of the next part that stands.
func TestRetractedNoticeOfTwo(t *testing.T) {
	k, first := noticeRoom(t)
	began := k.clock("gdpr").Run.BeganAt
	k.wait(time.Hour)
	k.mustType("ana", ":notify gdpr CNIL, telephone")
	second, met := fmt.Sprint(k.room.Seq), k.now
	k.wait(80 * time.Hour)
	k.mustType("ana", ":retract "+first+" the portal refused it")
	h := k.history("gdpr")
	if h.Verdict != model.VerdictMet || h.State != model.ClockMet || !h.Run.MetAt.Equal(met) || len(h.Runs) != 2 {
		t.Fatalf("got %s, %s, met at %s in %d runs; want met at %s, by the second notice, in 2 runs", h.Verdict,
			h.State, h.Run.MetAt, len(h.Runs), met)
	}
	if got := h.Runs[1].Run; fmt.Sprint(got.EndSeq) != second || !got.BeganAt.Equal(began) || got.StartSeq == 0 {
		t.Errorf("got the run ended in entry %d, begun at %s; want entry %s and %s", got.EndSeq, got.BeganAt, second,
			began)
	}
	k.mustType("ana", ":retract "+second+" nobody answered")
	if h := k.history("gdpr"); h.Verdict != model.VerdictMissed || h.State != model.ClockOverdue || len(h.Runs) != 3 {
		t.Errorf("no notice stands: got %s, %s in %d runs; want missed, overdue in 3", h.Verdict, h.State, len(h.Runs))
	}
}

// TestRetractedSecondNotice: a notice that met nothing is taken back without any effect on the clock.
func TestRetractedSecondNotice(t *testing.T) {
	k, first := noticeRoom(t)
	k.mustType("ana", ":notify gdpr CNIL, telephone")
	k.mustType("ana", fmt.Sprintf(":retract %d nobody answered", k.room.Seq))
	if h := k.history("gdpr"); h.Verdict != model.VerdictMet || len(h.Runs) != 1 {
		t.Errorf("got %s in %d runs, want met in 1", h.Verdict, len(h.Runs))
	}
	k.wait(80 * time.Hour)
	k.mustType("ana", ":retract "+first+" a draft")
	if got := k.clock("gdpr").State; got != model.ClockOverdue {
		t.Errorf("both are retracted: got %s, want overdue", got)
	}
}

// correctedRoom returns a room whose awareness was typed five days too early, and the entries of the awareness
// and of the notice, which was too late by it.
func correctedRoom(t *testing.T) (k *testRoom, aware, notice uint64) {
	t.Helper()
	k = declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.wait(120 * time.Hour)
	k.mustType("ana", ":exposure suspected @2026-11-21T14:00 gdpr mail addresses")
	aware = k.room.Seq
	k.mustType("ana", ":notify gdpr CNIL, portal")
	return k, aware, k.room.Seq
}

// TestRetractedNoticeAfterCorrection: the clock counts again from the awareness that counted, which is the
// corrected one.
func TestRetractedNoticeAfterCorrection(t *testing.T) {
	k, aware, notice := correctedRoom(t)
	k.mustType("ana", fmt.Sprintf(":time %d @2026-11-26T12:00 typing error", aware))
	k.mustType("ana", fmt.Sprintf(":retract %d the portal refused it", notice))
	from := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	if got := k.clock("gdpr"); got.State != model.ClockRunning || !got.Run.From.Equal(from) {
		t.Errorf("got %s from %s, want running from the corrected awareness, %s", got.State, got.Run.From, from)
	}
	if h := k.history("gdpr"); h.Verdict != model.VerdictRunning {
		t.Errorf("got %s (%s), want running", h.Verdict, h.Why)
	}
	k.wait(time.Hour)
	k.mustType("ana", ":notify gdpr CNIL, telephone")
	h := k.history("gdpr")
	if h.Verdict != model.VerdictCorrected || !strings.Contains(h.Why.String(), "typing error") {
		t.Errorf("got %s (%s), want met as corrected, with the reason of the correction", h.Verdict, h.Why)
	}
}

// TestCorrectionAfterRetraction: a run that was met too late by a wrong awareness, by a notice that was taken
// back, does not decide once the awareness is corrected.
func TestCorrectionAfterRetraction(t *testing.T) {
	k, aware, notice := correctedRoom(t)
	k.mustType("ana", fmt.Sprintf(":retract %d the portal refused it", notice))
	if got := k.clock("gdpr").State; got != model.ClockOverdue {
		t.Errorf("by the wrong awareness: got %s, want overdue", got)
	}
	k.mustType("ana", fmt.Sprintf(":time %d @2026-11-26T12:00 typing error", aware))
	if h := k.history("gdpr"); h.Verdict != model.VerdictRunning || h.State != model.ClockRunning {
		t.Errorf("got %s, %s (%s); want running", h.Verdict, h.State, h.Why)
	}
	k.mustType("ana", ":notify gdpr CNIL, telephone")
	if h := k.history("gdpr"); h.Verdict != model.VerdictCorrected {
		t.Errorf("got %s (%s), want met as corrected", h.Verdict, h.Why)
	}
}

// TestRetractedRunIsMarked: the run that a retracted notice met states the retraction, whether or not the clock
// began before the notice.
func TestRetractedRunIsMarked(t *testing.T) {
	k, n := noticeRoom(t)
	k.mustType("ana", ":retract "+n+" only a draft")
	early := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	early.mustType("ana", ":notify gdpr CNIL, portal")
	early.mustType("ana", fmt.Sprintf(":retract %d only a draft", early.room.Seq))
	for name, k := range map[string]*testRoom{"begun": k, "not begun": early} {
		h := k.history("gdpr")
		if len(h.Runs) == 0 {
			t.Errorf("%s: got no runs, want the one that was met", name)
			continue
		}
		want := "the notice was retracted by ana"
		if got := h.Runs[0].Words(h.Def, model.FormatTime).String(); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", name, got, want)
		}
	}
	if h := early.history("gdpr"); h.Verdict != model.VerdictNotAssessed || h.Decides >= 0 {
		t.Errorf("not begun: got %s by run %d, want not assessed by none", h.Verdict, h.Decides)
	}
	early.mustType("ana", ":exposure suspected gdpr mail addresses")
	if h := early.history("gdpr"); len(h.Runs) != 2 || h.Runs[1].Run.N != 2 || h.Verdict != model.VerdictRunning {
		t.Errorf("begun later: got %d runs and %s, want 2, numbered 1 and 2, and running", len(h.Runs), h.Verdict)
	}
}

// TestRetractedNoticeInProfiles: customers get neither a notice that nobody gave them nor the reason; an
// authority gets both.
func TestRetractedNoticeInProfiles(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":notify customers Acme, mail")
	notice := k.room.Seq
	k.mustType("ana", fmt.Sprintf(":retract %d bo typed nonsense", notice))
	for name, want := range map[string]bool{"internal": true, "regulator": true, "customer": false, "public": false} {
		p, err := model.ProfileOf(name)
		if err != nil {
			t.Fatalf("profile %s: got %v, want it", name, err)
		}
		if got := p.Shown(k.log); got[notice] != want || got[notice+1] != want {
			t.Errorf("%s: got the notice %t and its retraction %t, want %t for both", name, got[notice],
				got[notice+1], want)
		}
	}
}

// TestRetractionPreview: whoever retracts a notice is shown what becomes of the legal clock that it met.
func TestRetractionPreview(t *testing.T) {
	preview := func(k *testRoom, n string) string {
		t.Helper()
		a, err := k.typed("ana", ":retract "+n+" a draft")
		if err != nil {
			t.Fatalf(":retract %s: %v", n, err)
		}
		return fmt.Sprint(k.room.Preview(k.ctx("ana").Who, a, k.now))
	}
	k, first := noticeRoom(t)
	if got, want := preview(k, first), "runs again, due in 71h"; !strings.Contains(got, want) {
		t.Errorf("in time: got %s, want %q", got, want)
	}
	k.mustType("ana", ":notify gdpr CNIL, telephone")
	second := fmt.Sprint(k.room.Seq)
	if got, want := preview(k, first), "is met by entry "+second+" in its place"; !strings.Contains(got, want) {
		t.Errorf("another notice stands: got %s, want %q", got, want)
	}
	if got := preview(k, second); strings.Contains(got, "GDPR") || strings.Contains(got, "gdpr") {
		t.Errorf("the other notice, which met nothing: got %s, want nothing of the clock", got)
	}
	k, first = noticeRoom(t)
	k.wait(80 * time.Hour)
	if got, want := preview(k, first), "runs again, due since 2026-11-24 14:00"; !strings.Contains(got, want) {
		t.Errorf("too late: got %s, want %q", got, want)
	}
	k = declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":notify gdpr CNIL, portal")
	if got, want := preview(k, fmt.Sprint(k.room.Seq)), "is not met any more"; !strings.Contains(got, want) {
		t.Errorf("before its start: got %s, want %q", got, want)
	}
}

// TestRetractedNoticeAtAnotherSeverity: a legal clock for one severity does not run at another, also if the
// notice that met it is taken back there.
func TestRetractedNoticeAtAnotherSeverity(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	for i := range p.Clocks {
		if p.Clocks[i].Law {
			p.Clocks[i].Severities = []string{"SEV-1"}
		}
	}
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := (&model.Declaration{Title: "T", Severity: "SEV-1", Plan: p}).Declare("")
	k.do("ana", one)
	k.do("ana", two)
	k.mustType("ana", ":role ic @ana", ":exposure suspected gdpr mail addresses", ":notify gdpr CNIL, portal")
	n := k.room.Seq
	k.mustType("ana", ":severity SEV-2 smaller", fmt.Sprintf(":retract %d a draft", n))
	if got := k.clock("gdpr"); got.State != model.ClockNotStarted || got.Run.StoodAt.IsZero() {
		t.Errorf("got %s, %+v; want stopped, as it is not required at SEV-2", got.State, got.Run)
	}
}
