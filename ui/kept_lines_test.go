package ui_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
	"warroom/ui/view"
)

// TestALineFromTheDiskIsAsTyped: after a restart a line that waits, or was refused, stands
// as it was typed; the event that is signed does not have it.
func TestALineFromTheDiskIsAsTyped(t *testing.T) {
	h, short := busy(t)
	s, err := h.As("bo").Enter(t.Context(), short)
	if err != nil {
		t.Fatalf("enter: %v", err)
	}
	defer s.Close()
	ctx := model.Ctx{Room: s.Latest().Room, Who: s.Who(), Now: h.Clock.Now(), Zone: time.UTC}
	for _, line := range []string{"plain words", "!a decision", "TODO: @cy rotate due 2026-12-01",
		":start 5 on the second switch", "-12m ?a token of build", ":todo prevent scan daily"} {
		act, err := model.Parse(line, ctx)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		d, err := model.NewDraft("01TEST", s.Who(), act, h.Clock.Now())
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		kept, err := json.Marshal(d)
		if err != nil {
			t.Fatalf("%s: encode: %v", line, err)
		}
		var back model.Draft
		if err := json.Unmarshal(kept, &back); err != nil {
			t.Fatalf("%s: decode: %v", line, err)
		}
		if got := view.WaitingText(model.Waiting{Draft: back}, "").String(); got != line {
			t.Errorf("got %q, want %q", got, line)
		}
		signed, err := back.Event("room").Encode()
		if err != nil || strings.Contains(string(signed), `"line"`) {
			t.Errorf("%s: got %s, %v as the event, want it without the line", line, signed, err)
		}
		back.Line = "" // of an older program
		if got := view.WaitingText(model.Waiting{Draft: back}, "").String(); strings.Contains(got, "{") {
			t.Errorf("%s: got %q, want no JSON", line, got)
		}
	}
}

// TestUrgentSinceTheAlert: how long an urgent item is open counts from the alert, whatever
// phase has begun since.
func TestUrgentSinceTheAlert(t *testing.T) {
	h := uitest.NewHub()
	short, err := h.As("ana").Declare(context.Background(), model.Declaration{Title: "Old alert", Severity: "SEV-1",
		Kind: "credential_leak", Detected: h.Clock.Now().Add(-30 * time.Minute), Plan: uitest.Plan()})
	if err != nil {
		t.Fatalf("declare: %v", err)
	}
	mustType(t, h, short, "ana :phase containment")
	h.Clock.Add(-20 * time.Second) // what mustType added
	s := uitest.Open(t, h, "ana", 100, 30)
	s.See("3 URGENT 30:00")
	uitest.Open(t, h, "ana", 120, 40, func(o *ui.Options) { o.Wall, o.Room = true, short }).See("URGENT  for 30m")
}
