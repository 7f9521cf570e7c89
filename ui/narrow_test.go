package ui_test

import (
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// TestWhatToDoIsNotCut: at 80 columns a sentence takes another row rather than lose its
// instruction.
func TestWhatToDoIsNotCut(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "ana", 80, 24, func(o *ui.Options) { o.Room = short })
	s.See("runner isolated")
	h.SetProof(model.Proof{Held: true,
		Alarm: model.Lit("inc-1 is held, and nothing is written over it; run: warroom doctor --repair inc-1; the " +
			"hub's store lacks entry 61")})
	s.See(" HELD", "run: warroom doctor --repair", "lacks entry 61").Gone("two truths")
	h.SetProof(model.Proof{Alarm: model.Lit("entry 5 differs between the hub and this terminal: there are two " +
		"records; export both and compare")})
	s.See("two conflicting records: entry 5", "export both and compare")
	h.SetProof(model.Proof{})
	h.SetLink(model.Link{State: model.Live,
		Problem: model.Lit("the server at tls://hub.example.org:4222 cannot be reached (dial tcp 192.0.2.7:4222: no " +
			"route); check --server, and that it runs")})
	s.See("! the server at tls://hub", "check --server, and that it runs")
	h.SetLink(model.Link{State: model.Live})
	s.Type(":role scribe @zed for payments Zed Zander, Chief Nobody").See("give a role to a person",
		"been here yet)").Key(tcell.KeyCtrlU)
	s.Type(":restrict @bo it may be somebody here").See("only these", "see it or find out that it exists",
		"removes @cy from the").Key(tcell.KeyCtrlU)
	s.Type(":strike @bo a stolen laptop").See("removes @bo from the room; vacant now: Scribe")
}

// TestALongAskKeepsItsAnswer: the command that answers an ask is visible, however long
// the ask is.
func TestALongAskKeepsItsAnswer(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = short })
	s.See("runner isolated")
	if err := h.SubmitLine("ana", short,
		":ask @bo 5m find out from the provider when the old key was dropped, by whom, and whether any of the calls "+
			"made with it since were answered at all"); err != nil {
		t.Fatalf("submit line: %v", err)
	}
	s.See("ana asks you", ":ack 1, :answer 1 TEXT")
}

// TestAwaySummaryIsComplete: the summary after an outage takes two rows rather than lose
// the key that dismisses it.
func TestAwaySummaryIsComplete(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "ana", 80, 24, func(o *ui.Options) { o.Room = short })
	s.See("runner isolated")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE").Line("one of mine").See("pending")
	mustType(t, h, short, "bo !isolate it now", "bo another one", "cy it is isolated")
	h.Clock.Add(time.Minute)
	h.SetLink(model.Link{State: model.Live})
	s.See("offline ", "1 of yours stored", "(Esc dismisses)").Key(tcell.KeyEsc).Gone("offline ")
}

// TestRemovalMessageIsComplete: the list shows the whole reason.
func TestRemovalMessageIsComplete(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "cy", 80, 24)
	s.See("runner isolated")
	h.PutOut(short, "cy",
		model.Lit("inc-1 was restricted to certain people, and you are not one of them; what you wrote stays "+
			"in it"))
	s.See("warroom  rooms", "! inc-1 was restricted", "stays in it")
}
