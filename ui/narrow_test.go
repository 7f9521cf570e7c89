package ui_test

import (
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// TestWhatToDoIsNotCut: at 80 columns a sentence takes another row before it
// loses what it asks for.
func TestWhatToDoIsNotCut(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "ana", 80, 24, func(o *ui.Options) { o.Room = short })
	s.See("runner isolated")
	h.SetProof(model.Proof{Held: true, Alarm: model.Lit("inc-1 is held, and nothing is written over it; run: warroom doctor --repair inc-1; the hub's store lacks entry 61")})
	s.See(" HELD", "run: warroom doctor --repair", "lacks entry 61").Gone("two truths")
	h.SetProof(model.Proof{Alarm: model.Lit("entry 5 is another one on the hub than on this terminal: there are two records; export both and compare")})
	s.See("two truths: entry 5", "export both and compare")
	h.SetProof(model.Proof{})
	h.SetLink(model.Link{State: model.Live, Trouble: model.Lit("the server at tls://hub.example.org:4222 cannot be reached (dial tcp 192.0.2.7:4222: no route); check --server, and that it runs")})
	s.See("! the server at tls://hub", "check --server, and that it runs")
	h.SetLink(model.Link{State: model.Live})
	s.Type(":role scribe @zed for payments Zed Zander, Chief Nobody").See("give a role to a person", "was here yet)").Key(tcell.KeyCtrlU)
	s.Type(":restrict @bo it may be somebody here").See("only these people may see the", "know of it", "puts out @cy").Key(tcell.KeyCtrlU)
	s.Type(":strike @bo a stolen laptop").See("puts out @bo; vacant now: Scribe")
}

// TestALongAskKeepsItsAnswer: how an ask is answered is seen, however long it is.
func TestALongAskKeepsItsAnswer(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = short })
	s.See("runner isolated")
	if err := h.Say("ana", short, ":ask @bo 5m find out from the provider when the old key was dropped, by whom, and whether any of the calls made with it since were answered at all"); err != nil {
		t.Fatal(err)
	}
	s.See("ana asks you", ":ack 1, :answer 1 TEXT")
}

// TestAwayIsSaidWhole: what came while the hub was away takes two rows rather
// than lose how to be rid of it.
func TestAwayIsSaidWhole(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "ana", 80, 24, func(o *ui.Options) { o.Room = short })
	s.See("runner isolated")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE").Line("one of mine").See("pending")
	s.Until("it waits", func(uitest.Frame) bool { return h.Waits("ana") == 1 })
	mustSay(t, h, short, "bo !isolate it now", "bo another one", "cy it is isolated")
	h.Clock.Add(time.Minute)
	h.SetLink(model.Link{State: model.Live})
	s.See("apart ", "1 of yours stored", "(Esc: I have seen it)").Key(tcell.KeyEsc).Gone("apart ")
}

// TestPutOutIsSaidWhole: the list has room for the whole reason.
func TestPutOutIsSaidWhole(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "cy", 80, 24)
	s.See("runner isolated")
	h.PutOut(short, "cy", model.Lit("inc-1 was restricted to certain people, and you are not one of them; what you wrote is kept there, goodbye"))
	s.See("warroom  rooms", "! inc-1 was restricted", "goodbye")
}
