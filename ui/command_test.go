package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui"
	"warroom/ui/uitest"
)

// ledRoom returns a room with the shipped plan, a commander and a deputy.
func ledRoom(t *testing.T) (*uitest.Hub, string) {
	t.Helper()
	h := uitest.NewHub()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the plan: %v", err)
	}
	short, err := h.As("ana").Declare(context.Background(),
		model.Declaration{Title: "Deploy key", Severity: "SEV-1", Plan: p})
	if err != nil {
		t.Fatalf("declare: %v", err)
	}
	mustType(t, h, short, "bo here", "cy here", "di here", "ana :role ic @bo", "ana :role deputy @cy",
		"ana :role scribe @di")
	return h, short
}

// TestSilentCommanderIsShown: every screen names a commander who writes nothing.
func TestSilentCommanderIsShown(t *testing.T) {
	h, _ := ledRoom(t)
	h.Clock.Add(15 * time.Minute)
	for _, wall := range []bool{false, true} {
		s := uitest.Open(t, h, "di", 120, 36, func(o *ui.Options) { o.Wall, o.Room = wall, "inc-1" })
		s.See("bo is Incident Commander and has written nothing for", "cy can take it")
		if wall {
			s.See("~ Update is overdue by 02:00 (+3 more)")
		}
		if n := strings.Count(s.Text(), "has written nothing"); n != 1 {
			t.Errorf("wall %v: got the silent commander named %d times, want once:\n%s", wall, n, s.Text())
		}
	}
	s := uitest.Open(t, h, "di", 80, 30)
	s.See("has written nothing").Key(tcell.KeyF4).See(":takeover commander REASON")
}

// TestBriefIsEdited: offering a role puts the drafted brief into the composer. The person
// who is offered the role reads what was sent.
func TestBriefIsEdited(t *testing.T) {
	h, short := ledRoom(t)
	mustType(t, h, short, "bo !rotate now")
	s := uitest.Open(t, h, "bo", 120, 36)
	s.See("rotate now").Type(":handoff ic @di").Key(tcell.KeyEnter).See("the brief was drafted",
		"Decided in the last hour")
	s.Type("; call the vendor").Key(tcell.KeyEnter).See("Incident Commander offered to @di")
	r := uitest.Open(t, h, "di", 100, 36)
	r.See("bo offers you Incident Commander (the brief: F4)").Key(tcell.KeyF4).See("rotate now; call the vendor")
}
