package feed_test

import (
	"bytes"
	"strings"
	"testing"

	"warroom/feed/feedtest"
	"warroom/model"
	sealed "warroom/model/bundle"
)

// TestReportBeforeARedaction: the report that was stored when the room was closed has the text
// of an entry that is redacted later. Its bytes are withheld, deleted from the store and left
// out of exports, which verify; the hub stores a new report.
func TestReportBeforeARedaction(t *testing.T) {
	const secret = "the words of a bystander"
	f := feedtest.Open(t, "ana")
	plan := feedtest.Plan()
	plan.StoreReport = true
	short, err := f.Declare(unhurried(t), model.Declaration{Title: "Deploy key", Severity: "SEV-1", Reason: "test",
		Plan: plan})
	must(t, err)
	s, err := f.Enter(unhurried(t), short)
	must(t, err)
	defer s.Close()
	act(t, s, secret)
	seq := s.Latest().Room.Seq
	for _, l := range []string{":resolve override done", ":close override done"} {
		act(t, s, l)
	}
	feedtest.Until(t, s, "the report", func(v *model.View) bool {
		return len(v.Room.Evidence) == 1 && v.Room.Evidence[0].Whole()
	})
	var before bytes.Buffer
	if _, err := f.Fetch(unhurried(t), short, 1, "a test", &before, nil); err != nil ||
		!strings.Contains(before.String(), secret) {
		t.Fatalf("the report before: got %v, %d bytes, want it with %q", err, before.Len(), secret)
	}
	redact(t, s, seq)
	feedtest.Until(t, s, "a new report", func(v *model.View) bool {
		return len(v.Room.Evidence) == 2 && v.Room.Evidence[1].Whole()
	})
	var old, now bytes.Buffer
	if _, err := f.Fetch(unhurried(t), short, 1, "a test", &old, nil); model.CodeOf(err) != model.Conflict ||
		old.Len() > 0 {
		t.Errorf("the old report: got %v, %d bytes, want a refusal", err, old.Len())
	}
	if _, err := f.Fetch(unhurried(t), short, 2, "a test", &now, nil); err != nil ||
		strings.Contains(now.String(), secret) || !strings.Contains(now.String(), "The room is closed") {
		t.Errorf("the new report: got %v, %d bytes, want it without %q", err, now.Len(), secret)
	}
	bag := exported(t, f, short)
	if v := bag.Verify(sealed.VerifyOptions{}); !v.Sound() || v.Less {
		t.Errorf("an export: got bad %v, less %v, want neither", v.Bad, v.Lacks)
	}
	if sum := s.Latest().Room.Evidence[0].SHA256; bag.Blob(sum) != nil {
		t.Errorf("an export: got the bytes of the old report, want them left out")
	}
	pythonAgrees(t, f, short, nil)
	feedtest.Soon(t, "it is nowhere on the disk", func() bool { return len(holding(t, f.Dir(), secret)) == 0 })
}
